import path from 'node:path';
import { type CheckedFiles, type Checking, damagesOf } from './integrity.ts';

/** What the build wrote of the programs and of the native library: their sizes and SHA-256. */
const MANIFEST = 'installation.json';

/** Sentences that say what is wrong with the programs; none where the build wrote nothing of them. */
export function programDamages(): Promise<string[]> {
  return damages({ only: (name) => !isLibrary(name) });
}

/** The same for the native library, before it is loaded: one that is cut short ends the process that loads it. */
export function libraryDamages(checked?: CheckedFiles): Promise<string[]> {
  return damages({ only: isLibrary, checked });
}

function isLibrary(name: string): boolean {
  return name.startsWith('node_modules/');
}

async function damages(options: Checking): Promise<string[]> {
  const folder = path.join(__dirname, '..');
  const manifest = path.join(path.basename(__dirname), MANIFEST);
  const found = await damagesOf(folder, { ...options, manifest });
  return found.map(({ message }) => message);
}
