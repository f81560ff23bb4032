import { mix } from './random.ts';

/** A language model whose probabilities are known exactly. */
export interface ToyModel {
  readonly size: number;
  /** Whole-number weights of the next token after `text`; its probability is its share of the sum. */
  weights(text: readonly number[]): readonly number[];
}

/**
 * A Markov model: the weights are a fixed function of the last `order` tokens. Weights repeat, so that ties
 * occur.
 */
export function markov(seed: number, size: number, order: number, mostWeight = 12): ToyModel {
  const known = new Map<number, readonly number[]>();
  return {
    size,
    weights(text) {
      let state = mix(seed);
      for (let i = Math.max(0, text.length - order); i < text.length; i++)
        state = mix(state ^ (text[i]! + 1));
      let weights = known.get(state);
      if (!weights) {
        weights = Array.from({ length: size }, (_, token) => 1 + (mix(state + token) % mostWeight));
        known.set(state, weights);
      }
      return weights;
    },
  };
}

/** `model` with the end token `end` made rare, so that texts grow long. */
export function unlikely(model: ToyModel, end: number): ToyModel {
  return {
    size: model.size,
    weights: (text) => model.weights(text).map((weight, token) => (token === end ? 1 : weight + 1)),
  };
}

/** The place of the largest value, the first of equals. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
