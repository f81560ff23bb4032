import { gumbelNoise } from './noise.ts';
import type { Need, Scores } from './target.ts';

/**
 * The target's own choice of the next token. It depends on the rows of the target and on what was chosen
 * before, never on a draft: that is what makes decoding lossless.
 */
export interface Sampler {
  /** What the next pass must bring back. */
  need(): Need;
  /**
   * The token after row `row`, given that everything before is committed.
   * @param among the only tokens that may be chosen (not empty, ascending); all without it.
   */
  choose(scores: Scores, row: number, among?: readonly number[]): number;
  /** Told each token as it is committed, in order. */
  commit(token: number): void;
}

/** Greedy decoding: the most likely token, always; of equal ones the smallest. */
export const greedy: Sampler = {
  need: () => 'argmax',
  choose: (scores, row, among) => (among ? largest(scores.logits(row), among) : scores.argmax(row)),
  commit: () => undefined,
};

export interface SamplingOptions {
  /** Logits are divided by it (> 0); towards 0 it becomes greedy. */
  readonly temperature: number;
  /** Only the most likely tokens that together have this probability (0 < topP ≤ 1) can be chosen. */
  readonly topP: number;
  readonly seed: number;
}

/**
 * Sampling whose noise for position t and token v is a function of (seed, t, v) alone: the sample is the
 * argmax of log-probability plus Gumbel noise (Gumbel-max), so it is fixed before any draft is seen and a draft
 * is accepted while it equals it (drafter-invariant speculation, Daliri, Musco and Suresh, 2024). One sampler
 * serves one request.
 *
 * @param position of the first token; with the same seed another position gives other noise.
 */
export function seededSampler({ temperature, topP, seed }: SamplingOptions, position = 0): Sampler {
  let next = position;
  return {
    need: () => 'logits',
    choose(scores, row, among) {
      const logits = scores.logits(row);
      const tokens = topP < 1 ? nucleus(logits, temperature, topP, among) : among;
      return noisiest(logits, temperature, tokens, (token) => gumbelNoise(seed, next, token));
    },
    commit() {
      next++;
    },
  };
}

/** Nucleus (top-p) filter, Holtzman et al., 2019. Ties are kept in the order of ids. */
function nucleus(
  logits: Float32Array,
  temperature: number,
  topP: number,
  among: readonly number[] | undefined,
): readonly number[] {
  const tokens = among ? [...among] : Array.from(logits.keys());
  const top = tokens.reduce((best, token) => Math.max(best, logits[token]!), Number.NEGATIVE_INFINITY);
  const weight = (token: number) => Math.exp((logits[token]! - top) / temperature);
  const total = tokens.reduce((sum, token) => sum + weight(token), 0);
  // Tokens below this can never be needed: even all of them together would not fill what the filter leaves out.
  const least = ((1 - topP) * total) / tokens.length;
  const likely = tokens.filter((token) => weight(token) >= least);
  likely.sort((a, b) => logits[b]! - logits[a]! || a - b);
  let sum = 0;
  const end = likely.findIndex((token) => {
    sum += weight(token);
    return sum >= topP * total;
  });
  return end < 0 ? likely : likely.slice(0, end + 1);
}

function noisiest(
  logits: Float32Array,
  temperature: number,
  among: readonly number[] | undefined,
  noise: (token: number) => number,
): number {
  let best = -1;
  let bestValue = Number.NEGATIVE_INFINITY;
  const consider = (token: number) => {
    const value = logits[token]! / temperature + noise(token);
    if (value > bestValue) {
      best = token;
      bestValue = value;
    }
  };
  if (among) among.forEach(consider);
  else for (let token = 0; token < logits.length; token++) consider(token);
  return best < 0 ? (among?.[0] ?? 0) : best;
}

function largest(logits: Float32Array, among: readonly number[]): number {
  let best = among[0]!;
  for (const token of among) if (logits[token]! > logits[best]!) best = token;
  return best;
}
