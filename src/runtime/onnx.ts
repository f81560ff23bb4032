import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { UserError } from '../errors.ts';
import { libraryDamages } from './installation.ts';
import type { CheckedFiles } from './integrity.ts';
import { runtimeTrouble } from './onnxTrouble.ts';

export type OrtModule = typeof Ort;

let loading: Promise<OrtModule> | undefined;

/**
 * Load ONNX Runtime, once. Its Linux build writes usage files to the home folder unless this variable is in
 * the environment before the library is loaded: nothing may be recorded on behalf of a user.
 * @param checked files that were found right before, so that the library is not read through again.
 * @throws UserError `runtime-unusable` with the cause; trying again in the same process does not help.
 */
export function loadOnnxRuntime(checked?: CheckedFiles): Promise<OrtModule> {
  loading ??= load(checked);
  return loading;
}

async function load(checked: CheckedFiles | undefined): Promise<OrtModule> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const [damage] = await libraryDamages(checked);
  if (damage) throw new UserError('runtime-unusable', damage);
  try {
    // Named only here, so that everything else runs where it is missing or cannot be loaded.
    return await import('onnxruntime-node');
  } catch (error) {
    throw runtimeError(error);
  }
}

/** The failure for what was thrown when the library was loaded. */
export function runtimeError(error: unknown): UserError {
  const machine = { platform: process.platform, arch: process.arch, builds: buildsThere() };
  return new UserError('runtime-unusable', runtimeTrouble(error, machine), { cause: error });
}

/** Folder of the installed package; undefined where there is none. */
function runtimeFolder(from = __dirname): string | undefined {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', 'onnxruntime-node');
    if (existsSync(folder)) return folder;
    if (at === path.dirname(at)) return undefined;
  }
}

/** The systems that the installed package has a native library for, `linux-x64` say. */
function buildsThere(): string[] {
  const bin = path.join(runtimeFolder() ?? '', 'bin');
  const below = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  return below(bin).flatMap((napi) =>
    below(path.join(bin, napi)).flatMap((platform) =>
      below(path.join(bin, napi, platform)).map((arch) => `${platform}-${arch}`),
    ),
  );
}
