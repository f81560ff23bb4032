/**
 * What the user took away at the cursor and is writing anew: a function that was selected and is retyped, lines that
 * were deleted. The model is not told of it, but the text is the best guess there is for what comes.
 */

/** A change of a document, in UTF-16 units of the text before it. */
export interface TextChange {
  readonly offset: number;
  readonly removed: string;
  readonly inserted: string;
}

/** A stretch of the document that is being rewritten. */
export interface Rewrite {
  /** What stood there. */
  readonly removed: string;
  /** Where it stood. */
  readonly start: number;
  /** What has been written in its place so far. */
  readonly written: string;
  /** Milliseconds; when it was last worked on. */
  readonly at: number;
}

/** Less than this is quickly typed again. */
const LEAST = 12;
/** The beginning of a longer text is what comes next anyway. */
const MOST = 8_000;
/** More written than this, and it has become another text. */
const MOST_WRITTEN = 4_000;
/** Milliseconds after which the user is at something else. */
const LONGEST = 120_000;
/** The end of the written text that is looked for in the removed one, in characters. */
const ANCHORS = [24, 12, 6];

/**
 * The rewrite after a change. Text that is taken away beside it joins it, text that is written in it belongs to it, and a
 * small change elsewhere only moves it; a larger removal begins another.
 */
export function rewriteAfter(
  before: Rewrite | undefined,
  change: TextChange,
  now: number,
): Rewrite | undefined {
  const { offset, removed, inserted } = change;
  const current = before && now - before.at <= LONGEST ? before : undefined;
  const end = current ? current.start + current.written.length : 0;
  const touches = current && offset <= end && offset + removed.length >= current.start;
  const anew: Rewrite = { removed: removed.slice(0, MOST), start: offset, written: inserted, at: now };
  if (!touches) {
    if (removed.length >= LEAST || (removed !== '' && !current)) return anew;
    if (!current || offset >= end) return current;
    return { ...current, start: current.start + inserted.length - removed.length };
  }
  // The change may reach over either end of what was written.
  const left = Math.max(0, current.start - offset);
  const right = Math.max(0, offset + removed.length - end);
  // What was written here is itself taken away to be written anew.
  const own = removed.length - left - right;
  if (own >= LEAST && own > current.removed.length) return anew;
  const from = Math.max(0, offset - current.start);
  const rest = current.written.slice(from + own);
  const written = current.written.slice(0, from) + inserted + rest;
  if (written.length > MOST_WRITTEN) return undefined;
  const whole = removed.slice(0, left) + current.removed + removed.slice(removed.length - right);
  return { removed: whole.slice(0, MOST), start: current.start - left, written, at: now };
}

/** The rewrite after the cursor has moved: outside of it, it is forgotten. */
export function rewriteAt(before: Rewrite | undefined, cursor: number): Rewrite | undefined {
  if (!before) return undefined;
  return cursor >= before.start && cursor <= before.start + before.written.length ? before : undefined;
}

/**
 * The part of the removed text that is likely to come next at the cursor; undefined when nothing worth it is left. What
 * was written already is found in it by its end, or where that is new by its line and how that begins.
 */
export function originalAt(rewrite: Rewrite | undefined, cursor: number, now: number): string | undefined {
  const current = rewriteAt(rewrite, cursor);
  if (!current || now - current.at > LONGEST) return undefined;
  const removed = toLineFeeds(current.removed);
  const written = toLineFeeds(current.written.slice(0, cursor - current.start));
  const rest = removed.slice(followedTo(removed, written));
  return rest.trim().length >= LEAST / 2 && removed.trim().length >= LEAST ? rest : undefined;
}

/** How much of the removed text has been written again, in one form or another. */
function followedTo(removed: string, written: string): number {
  if (removed.startsWith(written)) return written.length;
  // A text that is rewritten keeps its length more or less: of several places the nearest counts.
  for (const length of ANCHORS) {
    const anchor = written.slice(-length);
    if (anchor.length < length || anchor.trim().length < length / 2) continue;
    const found = nearest(removed, anchor, written.length - length);
    if (found !== undefined) return found + length;
  }
  const lines = written.split('\n');
  const line = lines.at(-1) ?? '';
  let at = startOfLine(removed, lines.length - 1);
  for (let i = 0; i < line.length && removed[at] === line[i]; i++) at++;
  return at;
}

function nearest(text: string, part: string, place: number): number | undefined {
  const after = text.indexOf(part, Math.max(0, place));
  const before = text.lastIndexOf(part, place);
  if (after < 0 || (before >= 0 && place - before < after - place)) return before < 0 ? undefined : before;
  return after;
}

/** Where a line begins; the end of the text when it has fewer lines. */
function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}

function toLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
