import type { CompletionContext } from './context.ts';
import { coveredLength } from './cover.ts';

/** A suggestion as an edit of the cursor's line. */
export interface SuggestionItem {
  /** Begins with the line's own text left of the cursor. */
  readonly insertText: string;
  /** How many characters left and right of the cursor it replaces. */
  readonly before: number;
  readonly after: number;
}

/**
 * The edit for a suggestion. It begins with the line, not at the cursor: then its beginning stays where it is
 * while one types into it or accepts word by word, and the editor keeps the ghost text instead of drawing it
 * anew.
 */
export function itemOf(text: string, context: CompletionContext): SuggestionItem {
  const { linePrefix, lineSuffix } = context;
  const before = linePrefix.length;
  const closer = hangingCloser(text, context);
  if (closer === undefined) {
    return { insertText: linePrefix + text, before, after: coveredLength(text, lineSuffix) };
  }
  const indentation = linePrefix.slice(0, linePrefix.length - linePrefix.trimStart().length);
  return { insertText: `${linePrefix}${text}\n${indentation}${closer}`, before, after: closer.length };
}

/**
 * What the editor closed behind an opening bracket, when the text goes on below, or the cursor is below already,
 * and the text does not close it: left where it is, it would end up behind the text's last line instead of on a
 * line of its own.
 */
function hangingCloser(text: string, { linePrefix, lineSuffix }: CompletionContext): string | undefined {
  const below = text.startsWith('\n') && /[([{]$/.test(linePrefix);
  if (!below && linePrefix.trim() !== '') return undefined;
  const closer = /^[)\]}]+[;,]?(?=\s*$)/.exec(lineSuffix)?.[0];
  return closer !== undefined && coveredLength(text, lineSuffix) === 0 ? closer : undefined;
}
