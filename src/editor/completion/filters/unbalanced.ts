import { scanBrackets } from '../brackets.ts';
import { isProse, lineCommentOf } from '../language.ts';
import type { Filter } from './filter.ts';

/**
 * Cuts before a bracket that closes nothing. Only where the whole text before the cursor is known: what was
 * opened above a cut prefix cannot be seen.
 */
export const unbalanced: Filter = (text, { completion }) => {
  if (completion.start > 0 || isProse(completion.language)) return text;
  const comment = lineCommentOf(completion.language);
  const before = scanBrackets(completion.prefix, comment);
  const surplus = scanBrackets(text, comment).unmatched[before.open.length];
  if (!surplus) return text;
  const kept = text.slice(0, surplus.index);
  return kept.trim() === '' ? { drop: 'unbalanced' } : kept;
};
