import { shuffle } from '../../selection/shuffle.ts';
import { LEAST_PREFIX } from '../sourceFiles.ts';
import type { WorkspaceFile } from '../workspace.ts';

/** A cursor in a file, and the text that somebody wrote there. */
export interface CutPlace {
  readonly file: WorkspaceFile;
  readonly prefix: string;
  readonly written: string;
  readonly suffix: string;
}

const PREFIX_CHARS = 6000;
const SUFFIX_CHARS = 4000;
/** Lines that are written at a place, the cursor's own included: a line or a block. */
const LINES = [1, 1, 6];

/** At most `most` places, spread over the files: half at the start of a line behind its indentation, half anywhere. */
export function cutPlaces(files: readonly WorkspaceFile[], most: number, random: () => number): CutPlace[] {
  const order = [...files];
  shuffle(order, random);
  const places: CutPlace[] = [];
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
