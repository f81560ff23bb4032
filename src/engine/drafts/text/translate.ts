import type { Proposal } from '../draft.ts';
import type { AheadToken } from './follower.ts';
import type { Speller } from './speller.ts';

/**
 * A guessed text in the target's tokens, as its tokenizer would go on there.
 *
 * Offered are the tokens that no later text can change; where there is none, those that there are. A token is right when all of
 * its text is: its chance is the product of the chances of the draft's tokens that reach into it and not into the one before.
 *
 * @param text what the draft expects behind the committed text; it may begin or end inside a character.
 * @param own the draft's tokens that spell it.
 * @param limit most tokens (≥ 1).
 */
export function translate(
  text: Uint8Array,
  own: readonly AheadToken[],
  target: Speller,
  limit: number,
): Proposal {
  const { tokens: all, settled } = target.spell(text);
  const tokens = all.slice(0, Math.min(limit, settled > 0 ? settled : all.length));
  const probabilities: number[] = [];
  let at = 0;
  let next = 0;
  for (const token of tokens) {
    at += target.bytes(token).length;
    let chance = 1;
    // The last of them that is needed may reach beyond this token.
    for (; next < own.length && (next === 0 ? 0 : own[next - 1]!.end) < at; next++)
      chance *= own[next]!.chance;
    probabilities.push(chance);
  }
  return { tokens, probabilities };
}
