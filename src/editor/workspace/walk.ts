import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file of the workspace that may be indexed. */
export interface WorkspaceFile {
  /** Absolute. */
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

export interface WalkOptions {
  /** Whether a folder is looked into; absolute. */
  readonly enters: (folder: string) => boolean | Promise<boolean>;
  /** Whether a file is wanted; absolute. */
  readonly takes: (file: string) => boolean | Promise<boolean>;
  /** Bytes of the largest file that is wanted. */
  readonly maxBytes: number;
  /** Most files and most folders that are looked at. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/**
 * The wanted files below a folder, those changed last first. Links are not followed: they may lead out of the
 * workspace or in circles. What cannot be read is left out.
 */
export async function walkWorkspace(root: string, options: WalkOptions): Promise<WorkspaceFile[]> {
  const { most, signal } = options;
  const found: WorkspaceFile[] = [];
  const folders = [root];
  for (let looked = 0; looked < folders.length && looked < most && found.length < most; looked++) {
    const folder = folders[looked]!;
    const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
    if (signal.aborted) return [];
    for (const entry of entries) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (await options.enters(full)) folders.push(full);
      } else if (entry.isFile()) found.push(...(await wanted(full, options)));
    }
  }
  return found.sort((a, b) => b.changed - a.changed).slice(0, most);
}

/** A file as a list of one; empty where it is not wanted, empty, too large or gone. */
async function wanted(file: string, { takes, maxBytes }: WalkOptions): Promise<WorkspaceFile[]> {
  if (!(await takes(file))) return [];
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
  return size > 0 && size <= maxBytes ? [{ file, changed: mtimeMs }] : [];
}
