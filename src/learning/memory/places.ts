import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { shuffle } from '../../selection/shuffle.ts';
import { sourceFiles } from '../cutPrompts.ts';

/** A file of a workspace. */
export interface WorkspaceFile {
  /** Path inside the workspace, `/` between folders. */
  readonly path: string;
  readonly text: string;
}

/** A cursor in a file, and the text that somebody wrote there. */
export interface Place {
  readonly file: WorkspaceFile;
  readonly prefix: string;
  readonly written: string;
  readonly suffix: string;
}

const PREFIX_CHARS = 6000;
const SUFFIX_CHARS = 4000;
/** A cursor has at least this much text before it. */
const LEAST_PREFIX = 200;
/** Lines that are written at a place, the cursor's own included: a line or a block. */
const LINES = [1, 1, 6];
/** Lines shorter than this say nothing of whether two files are copies. */
const TELLING_CHARS = 10;
/** Share of lines in common from which one file is taken for a copy of another. */
const COPIED = 0.5;

/** The source files of a folder, in the order of their paths. @throws UserError `no-sources`. */
export async function readWorkspace(folder: string): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for (const file of await sourceFiles(folder)) {
    const text = (await readFile(path.join(folder, file), 'utf8')).replace(/\r\n?/g, '\n');
    if (text.length > 2 * LEAST_PREFIX) files.push({ path: file, text });
  }
  return files;
}

/** At most `most` places, spread over the files: half at the start of a line behind its indentation, half anywhere. */
export function cutPlaces(files: readonly WorkspaceFile[], most: number, random: () => number): Place[] {
  const order = [...files];
  shuffle(order, random);
  const places: Place[] = [];
  for (let i = 0; i < most && order.length > 0; i++) {
    const file = order[i % order.length]!;
    const { text } = file;
    const any = LEAST_PREFIX + Math.floor(random() * (text.length - LEAST_PREFIX - 1));
    const line = text.lastIndexOf('\n', any - 1) + 1;
    const code = line + /^[ \t]*/.exec(text.slice(line, line + 80))![0].length;
    const at = random() < 0.5 ? Math.max(LEAST_PREFIX, code) : any;
    const end = lineEnd(text, at, LINES[Math.floor(random() * LINES.length)]!);
    if (text.slice(at, end).trim() === '') continue;
    places.push({
      file,
      prefix: text.slice(Math.max(0, at - PREFIX_CHARS), at),
      written: text.slice(at, end),
      suffix: text.slice(end, end + SUFFIX_CHARS),
    });
  }
  return places;
}

/** Where the line of `at`, or one of the lines below, ends. */
function lineEnd(text: string, at: number, lines: number): number {
  let end = at - 1;
  for (let i = 0; i < lines; i++) {
    const next = text.indexOf('\n', end + 1);
    if (next < 0) return text.length;
    end = next;
  }
  return end;
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
