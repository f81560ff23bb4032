import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folders = new Set<string>();

/** A new folder under the system's temporary one, removed by `removeTemporary`, or with this process. */
export async function makeTemporary(purpose: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `slipstream-${purpose}-`));
  folders.add(folder);
  return folder;
}

export async function removeTemporary(folder: string): Promise<void> {
  // A process that has just been ended may still have written something.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
