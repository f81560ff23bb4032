import { closingOf } from './closing.ts';
import type { CompletionContext } from './context.ts';
import { coveredLength } from './cover.ts';
import { hasBrackets } from './language.ts';
import { proseClosing } from './proseBlocks.ts';
import { imbalanceAt } from './reading.ts';
import { kindAtEnd, type Syntax } from './syntax.ts';

/** A suggestion as an edit of the cursor's line. */
export interface SuggestionItem {
  /** Begins with the line's own text left of the cursor. */
  readonly insertText: string;
  /** How many characters left and right of the cursor it replaces. */
  readonly before: number;
  readonly after: number;
}

/**
 * The edit for a suggestion; undefined where the text opens what cannot be closed. It begins with the line, not at the
 * cursor: then its beginning stays where it is while one types into it or accepts word by word, and the editor keeps the
 * ghost text instead of drawing it anew.
 */
export function itemOf(
  text: string,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): SuggestionItem | undefined {
  const { linePrefix, lineSuffix, language } = context;
  const before = linePrefix.length;
  const after = coveredLength(text, context, syntax);
  const prose = text + proseClosing(text, context);
  const closing = !hasBrackets(language) ? '' : neededClosing(prose, after, context, syntax, singleLine);
  if (closing === undefined) return undefined;
  const closed = prose + closing;
  const closer = hangingCloser(text, after, context, syntax);
  if (closer !== undefined) {
    const indentation = linePrefix.slice(0, linePrefix.length - linePrefix.trimStart().length);
    return { insertText: `${linePrefix}${closed}\n${indentation}${closer}`, before, after: closer.length };
  }
  // Closers behind a text that ends further below go there with it.
  const left = lineSuffix.slice(after).trimEnd();
  const moves = closed.includes('\n') && /^[)\]}"'`]+[;,]?$/.test(left);
  return moves
    ? { insertText: linePrefix + closed + left, before, after: after + left.length }
    : { insertText: linePrefix + closed, before, after };
}

/** What closes the text, unless what stands behind it closes it already. */
function neededClosing(
  text: string,
  covered: number,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): string | undefined {
  const closing = closingOf(text, context, syntax, singleLine);
  if (closing === '') return '';
  const { prefix, suffix } = context;
  const rest = suffix.slice(covered);
  const open = imbalanceAt(context, prefix + text + rest, syntax);
  if (closing === undefined) return open <= imbalanceAt(context, prefix + suffix, syntax) ? '' : undefined;
  return open < imbalanceAt(context, prefix + text + closing + rest, syntax) ? '' : closing;
}

/**
 * What the editor closed behind an opening bracket, when the text goes on below, or the cursor is below already,
 * and the text does not close it: left where it is, it would end up behind the text's last line instead of on a
 * line of its own.
 */
function hangingCloser(
  text: string,
  covered: number,
  { prefix, linePrefix, lineSuffix }: CompletionContext,
  syntax: Syntax,
): string | undefined {
  const below = text.startsWith('\n') && /[([{]$/.test(linePrefix);
  if (!below && linePrefix.trim() !== '') return undefined;
  const closer = /^[)\]}]+[;,]?(?=\s*$)/.exec(lineSuffix)?.[0];
  if (closer !== undefined && kindAtEnd(syntax, prefix) !== 'code') return undefined;
  return closer !== undefined && covered === 0 ? closer : undefined;
}
