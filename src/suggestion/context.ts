/**
 * What a completion is asked for: the text around the cursor, cut to bounded sizes, with line ends as `\n`.
 */

/** Raw access to a document, in UTF-16 units as the editor counts them. */
export interface DocumentText {
  readonly length: number;
  slice(start: number, end: number): string;
}

export interface CompletionContext {
  readonly uri: string;
  /** Relative to the workspace folder. */
  readonly path: string;
  readonly language: string;
  readonly version: number;
  /** Place of the cursor in the document. */
  readonly offset: number;
  /** Place where `prefix` begins in the document. */
  readonly start: number;
  readonly prefix: string;
  readonly suffix: string;
  /** The cursor's line, left and right of the cursor. */
  readonly linePrefix: string;
  readonly lineSuffix: string;
  readonly tabSize: number;
  /** Whether the text before the cursor ends with an entry of the editor's list that is not taken yet. */
  readonly hasEntry?: boolean;
}

export interface ContextOrigin {
  readonly uri: string;
  readonly path: string;
  readonly language: string;
  readonly version: number;
  readonly tabSize: number;
}

export const maxPrefix = 16_384;
export const maxSuffix = 4_096;
/**
 * The prefix begins at a multiple of this. Were it always the last `maxPrefix` units, each typed character
 * would move its beginning, and the worker would have to read everything anew.
 */
const step = 4_096;

/** The context at a place of a document. */
export function contextAt(document: DocumentText, place: number, origin: ContextOrigin): CompletionContext {
  const offset = startOfLineEnd(document, place);
  const start = startOfPrefix(document, offset);
  const prefix = normalise(document.slice(start, offset));
  const suffix = normalise(suffixAt(document, offset));
  const lineEnd = suffix.indexOf('\n');
  return {
    ...origin,
    offset,
    start,
    prefix,
    suffix,
    linePrefix: prefix.slice(prefix.lastIndexOf('\n') + 1),
    lineSuffix: lineEnd < 0 ? suffix : suffix.slice(0, lineEnd),
  };
}

/** A line end of two signs is one: between them is before them. */
function startOfLineEnd(document: DocumentText, offset: number): number {
  return offset > 0 && document.slice(offset - 1, offset + 1) === '\r\n' ? offset - 1 : offset;
}

function startOfPrefix(document: DocumentText, offset: number): number {
  if (offset <= maxPrefix) return 0;
  const start = Math.ceil((offset - maxPrefix) / step) * step;
  // The first line is half a line: leave it out where that costs little.
  const lineEnd = document.slice(start, Math.min(start + step, offset)).indexOf('\n');
  if (lineEnd >= 0) return start + lineEnd + 1;
  return isLowSurrogate(document.slice(start, start + 1)) ? start + 1 : start;
}

function suffixAt(document: DocumentText, offset: number): string {
  const end = Math.min(document.length, offset + maxSuffix);
  const text = document.slice(offset, end);
  if (end === document.length) return text;
  // Neither half a character nor half a line end.
  return /[\uD800-\uDBFF\r]$/.test(text) ? text.slice(0, -1) : text;
}

function isLowSurrogate(unit: string): boolean {
  return /^[\uDC00-\uDFFF]$/.test(unit);
}

function normalise(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** The lines below the cursor's line. */
export function textBelow(context: CompletionContext): string {
  return context.suffix.slice(context.lineSuffix.length + 1);
}

/**
 * What stands right of the cursor, as far as it decides whether a suggestion still fits. Brackets and quotes
 * that the editor closes by itself come and go while one types, so they are left out: the replaced range sees
 * to them.
 */
export function suffixKey(context: CompletionContext): string {
  const rest = /^[\s)\]}>"'`]*(\*\/)?\s*$/.test(context.lineSuffix) ? '' : context.lineSuffix;
  return `${rest}\n${textBelow(context).slice(0, 64)}`;
}

/** Whether somebody at one place is typing what would lead to another, where the entry of a list is taken already. */
export function leadsToEntry(now: CompletionContext, entry: CompletionContext): boolean {
  if (!entry.hasEntry || now.uri !== entry.uri || now.start !== entry.start) return false;
  return entry.prefix.startsWith(now.prefix) && suffixKey(now) === suffixKey(entry);
}

/** What was typed between two contexts of one document; undefined when more than that has changed. */
export function typedBetween(before: CompletionContext, now: CompletionContext): string | undefined {
  if (before.uri !== now.uri || before.start !== now.start) return undefined;
  if (!now.prefix.startsWith(before.prefix) || suffixKey(before) !== suffixKey(now)) return undefined;
  return now.prefix.slice(before.prefix.length);
}
