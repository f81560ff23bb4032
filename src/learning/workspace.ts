import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LEAST_FILE, sourceFiles } from './sourceFiles.ts';

/** A file of a workspace. */
export interface WorkspaceFile {
  /** Path inside the workspace, `/` between folders. */
  readonly path: string;
  readonly text: string;
}

/** Lines shorter than this say nothing of whether two files are copies. */
const TELLING_CHARS = 10;
/** Share of lines in common from which one file is taken for a copy of another. */
const COPIED = 0.5;

/** The source files of a folder, in the order of their paths, but for very short ones. */
export async function readWorkspace(folder: string): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for (const file of await sourceFiles(folder)) {
    const text = (await readFile(path.join(folder, file), 'utf8')).replace(/\r\n?/g, '\n');
    if (text.length > LEAST_FILE) files.push({ path: file, text });
  }
  return files;
}

/**
 * For each file the others that are copies of it, or it of them: built from the same source, say. In a workspace that one is
 * about to write they would not be there.
 */
export function copies(files: readonly WorkspaceFile[]): Map<string, string[]> {
  const lines = new Map(files.map(({ path: name, text }) => [name, tellingLines(text)]));
  const found = new Map<string, string[]>(files.map(({ path: name }) => [name, []]));
  for (const [a, some] of lines) {
    for (const [b, others] of lines) {
      if (a >= b) continue;
      const [small, large] = some.size < others.size ? [some, others] : [others, some];
      let common = 0;
      for (const line of small) if (large.has(line)) common++;
      if (common < COPIED * small.size || common < 3) continue;
      found.get(a)!.push(b);
      found.get(b)!.push(a);
    }
  }
  return found;
}

function tellingLines(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(({ length }) => length > TELLING_CHARS),
  );
}
