import type { CompletionContext } from './context.ts';
import { kindAtEnd, type Syntax } from './syntax.ts';

/** When a suggestion may have more than one line. */
export type Multiline = 'auto' | 'always' | 'never';

/** Whether a suggestion here should keep to one line. */
export function wantsSingleLine(context: CompletionContext, multiline: Multiline, syntax: Syntax): boolean {
  if (multiline === 'never') return true;
  if (multiline === 'always') return false;
  return !isFree(context) || kindAtEnd(syntax, context.prefix) === 'comment';
}

/** Nothing right of the cursor, or only what the editor closed behind a bracket that was opened just before. */
function isFree({ linePrefix, lineSuffix }: CompletionContext): boolean {
  if (lineSuffix.trim() === '') return true;
  return /(^|[([{])\s*$/.test(linePrefix) && /^\s*[)\]}]+[;,]?\s*$/.test(lineSuffix);
}
