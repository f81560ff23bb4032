import type { CompletionContext } from '../context.ts';
import type { Finish } from '../finish.ts';
import type { Syntax } from '../syntax.ts';

/** What a filter knows besides the text. */
export interface FilterContext {
  readonly completion: CompletionContext;
  readonly singleLine: boolean;
  readonly finish: Finish;
  readonly syntax: Syntax;
  /** Whether other files that are open have a name. */
  readonly isKnown?: ((name: string) => boolean) | undefined;
}

/** A filter's refusal. Its reason names the outcome in the log. */
export interface Drop {
  readonly drop: string;
}

/**
 * One judgement of a suggestion: the text as it was, a shorter one, or a refusal. Filters are pure and never
 * lengthen the text.
 */
export type Filter = (text: string, context: FilterContext) => string | Drop;

/** The beginning of a text, or a refusal where nothing of it is left to see. */
export function keep(text: string, length: number, reason: string): string | Drop {
  const kept = text.slice(0, length);
  return kept.trim() === '' ? { drop: reason } : kept;
}

/** The lines of a text as they will stand in the document: the first begins with the text left of the cursor. */
export function documentLines(text: string, context: FilterContext): string[] {
  return (context.completion.linePrefix + text).split('\n');
}

/** Undo `documentLines` for the first `count` lines. */
export function suggestionOf(lines: readonly string[], count: number, context: FilterContext): string {
  return lines.slice(0, count).join('\n').slice(context.completion.linePrefix.length);
}
