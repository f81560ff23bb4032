import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A list of a workspace folder, as `.gitignore` is written: what it names is never read. */
export const OWN_LIST = '.slipstreamignore';

/** The patterns of a folder's own list. Whoever wrote the folder wrote it, so it takes nothing in that is excluded. */
export function ownListOf(folder: string): string[] {
  try {
    // A byte order mark is no part of the first pattern.
    const text = readFileSync(path.join(folder, OWN_LIST), 'utf8').replace(/^\ufeff/, '');
    const lines = text.split(/\r?\n/);
    return lines.filter((line) => !line.startsWith('!'));
  } catch {
    return [];
  }
}
