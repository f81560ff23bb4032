/**
 * Reads from the program of an installed VS Code which keys it binds on any system, and writes them to
 * `test/fixtures/editorKeys.json`, with which a test compares those of the extension:
 * `npx tsx scripts/editorKeys.ts .vscode-test/code-server/server/node_modules/code-server/lib/vscode`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { z } from 'zod';

/** Bits of a key in the program; the key itself is the lowest eight. */
const MODIFIERS = [
  [2048, 'ctrl'],
  [256, 'meta'],
  [512, 'alt'],
  [1024, 'shift'],
] as const;

/** Names of the keys that have no sign, by number. */
const NAMES =
  ' backspace tab enter shift ctrl alt pausebreak capslock escape space pageup pagedown end home left up right down insert delete'.split(
    ' ',
  );
const SIGNS: Readonly<Record<number, string>> = {
  ...{ 85: ';', 86: '=', 87: ',', 88: '-', 89: '.', 90: '/', 91: '`', 92: '[', 93: '\\', 94: ']', 95: "'" },
};

function nameOfKey(key: number): string | undefined {
  if (key < NAMES.length) return NAMES[key] || undefined;
  if (key <= 30) return String(key - 21);
  if (key <= 56) return String.fromCharCode(97 + key - 31);
  if (key >= 59 && key <= 82) return `f${key - 58}`;
  return SIGNS[key];
}

/** `ctrl` stands for the command key where the system is a Mac. */
function nameOf(bits: number): string | undefined {
  const key = nameOfKey(bits & 255);
  if (key === undefined || bits > 0xfff) return undefined;
  return [...MODIFIERS.flatMap(([bit, name]) => (bits & bit ? [name] : [])), key].join('+');
}

/** Keys of the workbench: `primary` and `secondary` of its bindings; of a chord `Chord(first,second)` both keys. */
function keysOfProgram(text: string): string[] {
  const bindings = text.matchAll(/\b(?:primary|secondary):(\[[^\]]*\]|\w+\(\d[\de]*,\d[\de]*\)|\d[\de]*)/g);
  return [...bindings].flatMap(([, value = '']) =>
    [...value.matchAll(/(\w+\()?\b(\d[\de]*)(?:,(\d[\de]*)\))?/g)].flatMap(([, chord, first, second]) => {
      const [a, b] = [nameOf(Number(first)), second === undefined ? undefined : nameOf(Number(second))];
      if (!a) return [];
      return chord && b ? [`${a} ${b}`] : b ? [a, b] : [a];
    }),
  );
}

const contributed = z.object({
  contributes: z.object({
    keybindings: z.array(z.object({ key: z.string(), mac: z.string().optional() })).optional(),
  }),
});

/** Keys of the extensions that come with the editor. */
function keysOfExtensions(folder: string): string[] {
  return fastGlob.sync('extensions/*/package.json', { cwd: folder }).flatMap((name) => {
    const parsed = contributed.safeParse(JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
    const keys = parsed.data?.contributes.keybindings ?? [];
    return keys.flatMap(({ key, mac }) => [key, ...(mac ? [mac.replaceAll('cmd', 'ctrl')] : [])]);
  });
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder of VS Code that holds «out» and «extensions».');
const program = readFileSync(path.join(folder, 'out/vs/workbench/workbench.web.main.internal.js'), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
  version: string;
};
const keys = [...keysOfProgram(program), ...keysOfExtensions(folder)].map((key) => key.toLowerCase());
const target = path.join(__dirname, '..', 'test/fixtures/editorKeys.json');
writeFileSync(target, `${JSON.stringify({ version, keys: [...new Set(keys)].sort() })}\n`);
