import { firstBroken } from '../characters.ts';
import { type Filter, keep } from './filter.ts';

/** A word that is broken off; in scripts that set no spaces, its last sign. */
const lastSign = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u;
const lastWord = /[\p{L}\p{M}\p{N}_\u200c\u200d]+$/u;

/** Cuts before a character that is none, and before the word that it would have been in. */
export const brokenCharacters: Filter = (text, { completion }) => {
  const at = firstBroken(text);
  if (at === undefined) return /\u200d$/.test(text) ? text.slice(0, -1) : text;
  const before = text.slice(0, at);
  const said = completion.linePrefix.slice(-64) + before;
  const word = (lastSign.exec(said) ?? lastWord.exec(said))?.[0].length ?? 0;
  return keep(text, Math.max(0, at - word), 'broken-characters');
};
