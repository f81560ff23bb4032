/**
 * Whether a snippet is being filled in, told by what can be seen: no extension can read the editor's `inSnippetMode`. A snippet puts in
 * a text at once and the cursor into it, into an empty field or over one with a text; whatever else is put in leaves the cursor behind it.
 */

/** A piece of a document, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A change of a document. */
export interface Edit {
  readonly offset: number;
  readonly removed: number;
  readonly text: string;
}

/** The text that an edit has put in, where it may be a snippet's. */
export function placedBy({ offset, text }: Edit): Span | undefined {
  // What the editor closes or indents by itself has no word in it, and what it copies or moves is whole lines.
  const wordy = text.length > 1 && /[\p{L}\p{N}_]/u.test(text);
  return wordy && !/^\n|\n$/.test(text) ? { start: offset, end: offset + text.length } : undefined;
}

/** Whether the cursor, or what is selected, stands in a field of a text that was just put in. */
export function isInField({ start, end }: Span, selected: Span): boolean {
  if (selected.start !== selected.end) return selected.start >= start && selected.end <= end;
  // Before the text stands the cursor where the editor has closed an element.
  return selected.start > start && selected.start < end;
}

/** Whether the cursor stands behind a text that was just put in. */
export function isBehind({ end }: Span, selected: Span): boolean {
  return selected.start === end && selected.end === end;
}

/** Whether a snippet may still be filled in: behind its end and outside of it, it is not. */
export function isStillIn({ start, end }: Span, { start: from, end: to }: Span): boolean {
  return from >= start && to <= end && (from < end || from !== to);
}

/** A snippet's text after an edit in it; undefined where the edit is outside. */
export function afterEdit({ start, end }: Span, { offset, removed, text }: Edit): Span | undefined {
  if (offset < start || offset + removed > end) return undefined;
  return { start, end: end + text.length - removed };
}
