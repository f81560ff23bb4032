import type { Fate } from './law.ts';
import type { ToyModel } from './markov.ts';

/**
 * Speculative sampling by acceptance and residual (Leviathan et al., 2022), the other way to verify a sampled guess, and what
 * is known to go wrong with it when several drafts are at hand. The product verifies otherwise; these are what its tests
 * are tested on.
 *
 * - `right`: the draft is picked, it samples x from its q, x is taken with probability min(1, p(x)/q(x)), else the token is
 *   drawn from what p has more than q.
 * - `late`: all drafts sample, then the draft is picked by what they have sampled.
 * - `dropping`: a guess that its draft holds unlikely is dropped and the target asked instead.
 * - `argmax`: the draft's likeliest token is guessed, but taken and replaced as if it had been sampled.
 * - `redrawing`: a refused guess is replaced by a token from p, not from the residual.
 */
export type Variant = 'right' | 'late' | 'dropping' | 'argmax' | 'redrawing';

/** A draft holding less than this of its guess makes `dropping` drop it. */
const UNLIKELY = 0.3;

/** The next token by a variant. @param p the target's weights. @param qs each draft's. */
function speculativeToken(
  variant: Variant,
  { choose, pick }: Fate,
  p: readonly number[],
  qs: readonly (readonly number[])[],
): number {
  const sampled = variant === 'late' ? qs.map((q) => choose(q)) : undefined;
  const draft = pick(qs.length);
  const q = qs[draft]!;
  const guess = sampled?.[draft] ?? (variant === 'argmax' ? q.indexOf(Math.max(...q)) : choose(q));
  if (variant === 'dropping' && q[guess]! / total(q) < UNLIKELY) return choose(p);
  // Both over a common denominator: whole numbers to the end.
  const target = p.map((weight) => weight * total(q));
  const held = q.map((weight) => weight * total(p));
  const taken = Math.min(target[guess]!, held[guess]!);
  const accepted = choose([taken, held[guess]! - taken]) === 0;
  if (accepted) return guess;
  return choose(
    variant === 'redrawing' ? p : target.map((weight, token) => Math.max(0, weight - held[token]!)),
  );
}

/** A text of at most `length` tokens by a variant. */
export function speculativeText(
  variant: Variant,
  fate: Fate,
  {
    target,
    drafts,
    end,
    length,
  }: { target: ToyModel; drafts: readonly ToyModel[]; end: number; length: number },
): number[] {
  const text: number[] = [];
  while (text.length < length && text.at(-1) !== end) {
    const rows = drafts.map((draft) => draft.weights(text));
    text.push(speculativeToken(variant, fate, target.weights(text), rows));
  }
  return text;
}

function total(weights: readonly number[]): number {
  return weights.reduce((a, b) => a + b, 0);
}
