import type { Multiline } from '../settings.ts';
import type { CompletionContext } from './context.ts';
import { lineCommentOf } from './language.ts';

/** Whether a suggestion here should keep to one line. */
export function wantsSingleLine(context: CompletionContext, multiline: Multiline): boolean {
  if (multiline === 'never') return true;
  if (multiline === 'always') return false;
  return !isFree(context) || isInLineComment(context);
}

/** Nothing right of the cursor, or only what the editor closed behind a bracket that was opened just before. */
function isFree({ linePrefix, lineSuffix }: CompletionContext): boolean {
  if (lineSuffix.trim() === '') return true;
  return /(^|[([{])\s*$/.test(linePrefix) && /^\s*[)\]}]+[;,]?\s*$/.test(lineSuffix);
}

function isInLineComment({ language, linePrefix }: CompletionContext): boolean {
  const comment = lineCommentOf(language);
  return comment !== undefined && linePrefix.trimStart().startsWith(comment);
}
