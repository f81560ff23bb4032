import type { Need, Scores } from './target.ts';

/**
 * The target's own choice of the next token. It depends on the rows of the target and on what was chosen
 * before, never on a draft: that is what makes decoding lossless.
 */
export interface Sampler {
  /** What the next pass must bring back. */
  need(): Need;
  /** The token after row `row`, given that everything before is committed. */
  choose(scores: Scores, row: number): number;
  /** Told each token as it is committed, in order. */
  commit(token: number): void;
}

/** Greedy decoding: the most likely token, always. */
export const greedy: Sampler = {
  need: () => 'argmax',
  choose: (scores, row) => scores.argmax(row),
  commit: () => undefined,
};
