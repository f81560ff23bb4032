import { coveredLength } from '../cover.ts';
import type { Filter } from './filter.ts';

/** Refuses a text that adds nothing to what stands right of the cursor. */
export const restOfLine: Filter = (text, { completion }) => {
  const { lineSuffix } = completion;
  if (lineSuffix.trim() === '') return text;
  const covered = lineSuffix.slice(0, coveredLength(text, lineSuffix));
  const repeats = text.trim() === covered.trim() || text.trim() === lineSuffix.trim();
  return repeats ? { drop: 'repeats-rest' } : text;
};
