import type { Sampler } from './sampling.ts';

/**
 * Writes a given text whatever the target says, at the same cost as greedy decoding: for measuring what drafts are worth
 * when a model writes what a person wrote.
 *
 * @param end token that ends the text.
 */
export function scriptedSampler(tokens: readonly number[], end: number): Sampler {
  let next = 0;
  return {
    need: () => 'argmax',
    choose: () => tokens[next] ?? end,
    commit() {
      next++;
    },
  };
}
