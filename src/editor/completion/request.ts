import type { CompletionContext } from '../../suggestion/context.ts';
import type { Syntax } from '../../suggestion/syntax.ts';

/** What the editor asks the completer for. */
export interface CompletionRequest {
  readonly context: CompletionContext;
  readonly singleLine: boolean;
  /** How the document's language is read. */
  readonly syntax: Syntax;
  readonly maxTokens: number;
  /** Milliseconds to wait for another keystroke; 0 when the user asked by hand. */
  readonly debounce: number;
  /** Whether there is no wait at all where a suggestion is worth most. */
  readonly atOnce?: boolean;
  /** The text that is being replaced at the cursor: a guess for what comes, which never changes the suggestion. */
  readonly original?: string | undefined;
  /** Whether a file that is open has a name. */
  readonly isKnown?: ((name: string) => boolean) | undefined;
  /** Whether one line would be asked for at a further place; where it is told, what follows a suggestion is asked in advance. */
  readonly goesOn?: ((context: CompletionContext) => boolean) | undefined;
}

/** Whether two contexts are the same cursor in the same text. */
export function isSamePlace(a: CompletionContext, b: CompletionContext): boolean {
  return a.uri === b.uri && a.version === b.version && a.offset === b.offset;
}
