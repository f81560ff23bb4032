import { type Draw, shuffle } from './draw.ts';
import type { CodeFunction } from './functions.ts';
import { addParameter, rename } from './names.ts';
import { REWRITES } from './rewrites.ts';

export type EditKind = 'rename' | 'parameter' | 'rewrite';
export const EDIT_KINDS: readonly EditKind[] = ['rename', 'parameter', 'rewrite'];

/** A function written anew: for every old line the lines that take its place. */
export interface Rewritten {
  /** What was done, for instance `quotes`. */
  readonly change: string;
  readonly lines: readonly (readonly string[])[];
}

/** What the user has in front of them, has written already, and is about to write. */
export interface EditCut {
  readonly kind: EditKind;
  readonly change: string;
  /** The new function up to the cursor. */
  readonly written: string;
  /** The rest of the new function. */
  readonly expected: string;
  /** The rest of the old function, from the place where the cursor stands in the new one. */
  readonly original: string;
}

/** An edit of that kind, or undefined where the function gives none. */
export function editOf(one: CodeFunction, kind: EditKind, draw: Draw): EditCut | undefined {
  for (const rewritten of candidates(one, kind, draw)) {
    const cut = cutEdit(one, kind, rewritten);
    if (cut) return cut;
  }
  return undefined;
}

function candidates(one: CodeFunction, kind: EditKind, draw: Draw): Rewritten[] {
  if (kind === 'rename') return rename(one, draw);
  if (kind === 'parameter') return addParameter(one, draw);
  const rewrites = REWRITES[one.family].flatMap((rewrite) => rewrite(one) ?? []);
  // Changes in several lines say most about a draft that follows the old text.
  const many = rewrites.filter((rewritten) => changedLines(one, rewritten).length > 2);
  const few = rewrites.filter((rewritten) => !many.includes(rewritten));
  const chosen = draw() < 0.75 ? [...shuffle(many, draw), ...shuffle(few, draw)] : shuffle(rewrites, draw);
  return chosen;
}

function changedLines(one: CodeFunction, { lines }: Rewritten): number[] {
  return [...lines.keys()].filter((i) => lines[i]!.length !== 1 || lines[i]![0] !== one.lines[i]);
}

/**
 * The cursor stands behind the first changed line of the body, so that the change has been shown; behind the body's
 * first line where the body stays as it was.
 */
export function cutEdit(one: CodeFunction, kind: EditKind, rewritten: Rewritten): EditCut | undefined {
  const { lines, change } = rewritten;
  const opening = one.opening - one.first;
  const changed = changedLines(one, rewritten);
  if (changed.length === 0) return undefined;
  const inBody = changed.filter((i) => i > opening);
  let at = Math.max(opening + 2, (inBody[0] ?? opening) + 1);
  while (at < lines.length && one.lines[at] === '') at++;
  const rest = lines.slice(at).flat();
  if (lines.length - at < 3 || rest.join('').trim().length < 40) return undefined;
  if (kind === 'rename' && !changed.some((i) => i >= at)) return undefined;
  const oldRest = one.lines.slice(at).join('\n');
  const newRest = rest.join('\n');
  const indent = /^\s*/.exec(newRest)![0];
  if (!oldRest.startsWith(indent)) return undefined;
  return {
    kind,
    change,
    written: `${[...lines.slice(0, at).flat(), ''].join('\n')}${indent}`,
    expected: newRest.slice(indent.length),
    original: oldRest.slice(indent.length),
  };
}

/** Takes the first edit of the wanted kind among functions in a drawn order; other kinds when there is none. */
export function takeEdit(
  functions: readonly CodeFunction[],
  wanted: EditKind,
  draw: Draw,
): { one: CodeFunction; cut: EditCut } | undefined {
  const turn = EDIT_KINDS.indexOf(wanted);
  for (const kind of [...EDIT_KINDS.slice(turn), ...EDIT_KINDS.slice(0, turn)]) {
    for (const one of shuffle(functions, draw)) {
      const cut = editOf(one, kind, draw);
      if (cut) return { one, cut };
    }
  }
  return undefined;
}
