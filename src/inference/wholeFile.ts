import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

let written = 0;

/**
 * Write a file so that a reader, in another window too, sees the old text or the new one and never half of it. Where that
 * fails, on a full disk say, nothing is left behind.
 * @throws the system's error
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  // A name of its own: another window, or another write of this one, may be at the same file.
  const temporary = `${file}.${process.pid}.${++written}`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
