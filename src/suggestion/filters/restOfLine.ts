import { coveredLength, isWord, tokensOf } from '../cover.ts';
import { type Filter, keep } from './filter.ts';

/**
 * Refuses a text that adds nothing to what stands right of the cursor, and takes off the end of a statement where the line
 * goes on.
 */
export const restOfLine: Filter = (text, { completion, syntax }) => {
  const { lineSuffix } = completion;
  const rest = lineSuffix.trim();
  if (rest === '') return text;
  const covered = coveredLength(text, completion, syntax);
  const said = text.trim();
  if (said === lineSuffix.slice(0, covered).trim() || isBeginning(said, rest))
    return { drop: 'repeats-rest' };
  const goesOn = /^\s*[^\s)\]}>"'`;,/#]/.test(lineSuffix.slice(covered));
  return goesOn && said.endsWith(';') ? keep(text, text.trimEnd().length - 1, 'repeats-rest') : text;
};

/** Whether a text is what the rest begins with, however it is spaced. */
function isBeginning(text: string, rest: string): boolean {
  if (text === rest) return true;
  const own = tokensOf(text);
  const given = tokensOf(rest);
  return own.some(isWord) && own.length > 1 && own.every((token, i) => token === given[i]);
}
