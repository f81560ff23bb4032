import { causeOf, codeOf, messageOf } from '../errors.ts';

/** The machine that the native library is to run on. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Systems that the installed package has a library for, `linux-x64` say. */
  readonly builds: readonly string[];
}

const AGAIN = 'Install the extension again.';

/** Why the native library of ONNX Runtime cannot be used, in one sentence, and what to do. */
export function runtimeTrouble(error: unknown, machine: Machine): string {
  const [cause, remedy] = causeAndRemedy(error, machine);
  return `The native library of ONNX Runtime, which runs the model, cannot be loaded: ${cause}. ${remedy}`;
}

function causeAndRemedy(error: unknown, { platform, arch, builds }: Machine): readonly [string, string] {
  const text = messageOf(error);
  const here = `${platform}-${arch}`;
  const first = text.split('\n', 1)[0]!;
  if (codeOf(error) === 'MODULE_NOT_FOUND' || /cannot find (module|package)/i.test(first)) {
    if (builds.length > 0 && !builds.includes(here)) {
      return [
        `this installation is for ${builds.join(', ')} and this machine is ${here}`,
        `Install the package for ${here}, if there is one.`,
      ];
    }
    const missing = /['"]([^'"]+)['"]/.exec(first)?.[1];
    return [`${missing?.replace(/^.*[\\/]bin[\\/]/, '') ?? 'a file of it'} is missing`, AGAIN];
  }
  const glibc = /GLIBC(?:XX)?_([\d.]+)['’`]? not found/.exec(text);
  if (glibc) {
    return [
      `it needs ${glibc[0].replace(/['’`]? not found/, '')}, and this system is older`,
      'Use a newer system.',
    ];
  }
  if (/ld-linux|ld-musl|Error relocating/.test(text)) {
    return [
      'it is made for systems with glibc, and this one has another C library',
      'Use a system with glibc, Debian for instance.',
    ];
  }
  if (/cannot allocate memory|failed to map|out of memory|not enough memory/i.test(text)) {
    return /not permitted/i.test(text)
      ? [
          'the system does not allow to run programs from its folder',
          'Install the extension elsewhere, or mount that folder without noexec.',
        ]
      : ['there is not enough memory', 'Close other programs, or raise the limit of memory.'];
  }
  if (/permission denied|access is denied/i.test(text) || codeOf(error) === 'EACCES') {
    return ['permission is denied', 'Change the permissions of its folder.'];
  }
  const needed =
    /(?:loading shared librar\w+: |Library not loaded: )?([\w.+@/-]+): cannot open shared object file/i.exec(
      text,
    );
  if (needed) return [`${needed[1]} is missing, which it needs`, AGAIN];
  if (/specified module could not be found|dynamic link library .* initialization/i.test(text)) {
    return [
      'a library that it needs is missing',
      'Install the extension again, and the Microsoft Visual C++ Redistributable if that does not help.',
    ];
  }
  if (/image not found|Library not loaded|no such file/i.test(text))
    return ['a library that it needs is missing', AGAIN];
  if (
    /invalid ELF|wrong ELF|file too short|mach-o|not a valid Win32|bad image|incompatible architecture/i.test(
      text,
    )
  ) {
    return ['it is damaged, or made for another system', AGAIN];
  }
  return [causeOf(error), AGAIN];
}
