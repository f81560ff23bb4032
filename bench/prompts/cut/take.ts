import { docPlaces } from './docs.ts';
import { type Draw, pick, shuffle } from './draw.ts';
import { EDIT_KINDS, type EditCut, takeEdit } from './edits.ts';
import { type CodeFunction, functionsOf } from './functions.ts';
import { CURSOR_PLACES } from './kinds.ts';
import type { CursorKind, Cut, SourceFile } from './languages.ts';

const SHORTEST_PREFIX = 300;
const APART = 80; // characters between two cursors of one file
const COMMENTS = 0.15; // share of the cursors in code files that go into comments and docstrings

export interface CursorCut extends Cut {
  readonly file: SourceFile;
  readonly kind: CursorKind | 'docs';
}

export interface FunctionEdit {
  readonly one: CodeFunction;
  readonly cut: EditCut;
}

/** Goes round the files, one cut at a time, kinds in turn; a file that cannot give the kind gives another. */
export function takeCuts(
  files: readonly SourceFile[],
  count: number,
  perFile: number,
  draw: Draw,
): CursorCut[] {
  for (const file of files) file.cuts = [];
  return inRounds(files, count, perFile, draw, (file, taken) => {
    const { kinds } = file.language;
    const turn = taken % kinds.length;
    for (const kind of new Set([...kinds.slice(turn), ...kinds])) {
      const found = cutAt(file, kind, draw);
      if (!found) continue;
      file.cuts.push(found);
      return { file, kind, ...found };
    }
    return undefined;
  });
}

/** One thing of each file in every round, until there are enough. @param one gets the number of those taken before. */
function inRounds<T>(
  files: readonly SourceFile[],
  count: number,
  perFile: number,
  draw: Draw,
  one: (file: SourceFile, taken: number) => T | undefined,
): T[] {
  const taken: T[] = [];
  for (let round = 0; round < perFile; round++) {
    for (const file of shuffle(files, draw)) {
      if (taken.length === count) return taken;
      const found = one(file, taken.length);
      if (found) taken.push(found);
    }
  }
  return taken;
}

/** One cut of this kind in a file, far enough from the others; lines are tried in the order drawn. */
function cutAt(file: SourceFile, kind: CursorKind, draw: Draw): Cut | undefined {
  const code = !file.language.docs;
  const comment = code && draw() < COMMENTS;
  const order = shuffle([...file.lines.keys()], draw);
  const wanted = order.filter((i) => file.lines[i]!.comment === comment);
  const others = code ? order.filter((i) => file.lines[i]!.comment !== comment) : [];
  for (const i of [...wanted, ...others]) {
    const found = pick(CURSOR_PLACES[kind](file, i).filter(fits(file)), draw);
    if (found) return { at: found[0], end: found[1] };
  }
  return undefined;
}

function fits(file: SourceFile): (place: readonly [number, number]) => boolean {
  const something = file.naturalLanguage === undefined ? /\w.*\w/s : /[\p{L}\p{N}].*[\p{L}\p{N}]/su;
  return ([at, end]) =>
    at >= SHORTEST_PREFIX &&
    something.test(file.text.slice(at, end)) &&
    file.cuts.every((other) => at >= other.end + APART || end + APART <= other.at);
}

/** As `takeCuts`, for documentation that is being written. Every other time a first word stands there already. */
export function takeDocs(
  files: readonly SourceFile[],
  count: number,
  perFile: number,
  draw: Draw,
): CursorCut[] {
  for (const file of files) file.cuts = [];
  return inRounds(files, count, perFile, draw, (file, taken) => {
    const place = pick(docPlaces(file).filter(fits(file)), draw);
    if (!place) return undefined;
    const [at, end] = place;
    const word = taken % 2 ? (/^\w+ (?=\w)/.exec(file.text.slice(at, end))?.[0].length ?? 0) : 0;
    file.cuts.push({ at, end });
    return { file, kind: 'docs', at: at + word, end };
  });
}

/** As `takeCuts`, for functions that are being edited; no function is taken twice. */
export function takeEdits(
  files: readonly SourceFile[],
  count: number,
  perFile: number,
  draw: Draw,
): FunctionEdit[] {
  const left = new Map(files.map((file) => [file, functionsOf(file)]));
  return inRounds(files, count, perFile, draw, (file, taken) => {
    const functions = left.get(file)!;
    const found = takeEdit(functions, EDIT_KINDS[taken % EDIT_KINDS.length]!, draw);
    if (found) functions.splice(functions.indexOf(found.one), 1);
    return found;
  });
}
