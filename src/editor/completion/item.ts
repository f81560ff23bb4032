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
  return {
    insertText: context.linePrefix + text,
    before: context.linePrefix.length,
    after: coveredLength(text, context.lineSuffix),
  };
}
