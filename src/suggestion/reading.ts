import type { CompletionContext } from './context.ts';
import { bracketsOf, type Closed, type Open, type Structure, StructureReader } from './structure.ts';
import type { Syntax } from './syntax.ts';

/** A suggested text, read where it would stand. Places are counted from the cursor; what stands before it has others. */
export interface Reading extends Structure {
  /** What is open at the cursor, outermost first. */
  readonly before: readonly Open[];
  /** What the text opens and does not close, outermost first. */
  readonly own: readonly Open[];
  /** What was open at the cursor and the text closes, in its order. */
  readonly outer: readonly Closed[];
  readonly marks: Uint8Array;
}

/** Of each syntax the text that was read last, and where: one filter after the other asks for the same. */
const lastReading = new WeakMap<
  Syntax,
  { readonly text: string; readonly context: CompletionContext; readonly reading: Reading }
>();

/** Read a text at the cursor. What stands right of the cursor is left out. */
export function readAt(text: string, context: CompletionContext, syntax: Syntax): Reading {
  const last = lastReading.get(syntax);
  if (last?.context === context && last.text === text) return last.reading;
  const reading = readAnew(text, context, syntax);
  lastReading.set(syntax, { text, context, reading });
  return reading;
}

function readAnew(text: string, context: CompletionContext, syntax: Syntax): Reading {
  const { prefix, language } = context;
  const whole = prefix + text;
  const marks = syntax.marks(whole);
  const brackets = bracketsOf(language);
  const cursor = prefix.length;
  const above = readAbove(context, whole, marks, syntax);
  const before = new StructureReader(whole, marks, brackets, above.open).read(above.end, cursor).open;
  const reader = new StructureReader(whole, marks, brackets, before);
  const { open, closed, surplus, crossed, broken } = reader.read(cursor, whole.length);
  const here = (index: number) => index - cursor;
  const moved = (item: Open): Open => ({ ...item, index: here(item.index) });
  const from = closed.map((item) => ({ open: moved(item.open), end: here(item.end) }));
  return {
    before: before.map(moved),
    open: open.map(moved),
    own: open.map(moved).filter(({ index }) => index >= 0),
    closed: from,
    outer: from.filter(({ open: { index } }) => index < 0),
    surplus: surplus.map(here),
    crossed: crossed.map(here),
    broken: broken.map(here),
    marks: marks.subarray(cursor),
  };
}

/**
 * How much of the document around a cursor is out of balance when its text is this: what is never closed, closes nothing, or
 * closes another. Only the difference between two texts says something, since a document may be half written.
 * @param text begins with the lines above the cursor's
 */
export function imbalanceAt(context: CompletionContext, text: string, syntax: Syntax): number {
  // With a line end behind it the text has no line comment open.
  const ended = `${text}\n`;
  const marks = syntax.marks(ended);
  const above = readAbove(context, ended, marks, syntax);
  const reader = new StructureReader(ended, marks, bracketsOf(context.language), above.open);
  const { open, surplus, crossed, broken } = reader.read(above.end, ended.length);
  // What closes nothing may close what stands above a text that was cut.
  const unmatched = context.start === 0 ? surplus.length + above.surplus : 0;
  return open.length + unmatched + crossed.length + broken.length + above.faults;
}

/** The lines above the cursor's: what is open at their end, and what was wrong in them. */
interface Above {
  readonly lines: string;
  readonly brackets: string;
  readonly end: number;
  readonly open: readonly Open[];
  readonly surplus: number;
  readonly faults: number;
}

/** Of each syntax the lines that were read last: every text at one place stands below the same. */
const lastRead = new WeakMap<Syntax, Above>();

function readAbove(
  { prefix, linePrefix, language }: CompletionContext,
  text: string,
  marks: Uint8Array,
  syntax: Syntax,
): Above {
  const end = prefix.length - linePrefix.length;
  const lines = prefix.slice(0, end);
  const brackets = bracketsOf(language);
  const last = lastRead.get(syntax);
  if (last?.lines === lines && last.brackets === brackets) return last;
  const { open, surplus, crossed, broken } = new StructureReader(text, marks, brackets).read(0, end);
  const faults = crossed.length + broken.length;
  const above = { lines, brackets, end, open: [...open], surplus: surplus.length, faults };
  lastRead.set(syntax, above);
  return above;
}
