/** Share of the weight that flows back to all members at each token (fixed share): none is silenced for good. */
const SHARE = 0.03;
/** A member can lose at most this factor at one token. */
const LEAST_FACTOR = 0.05;

/**
 * Weights of members that predict, by how likely each held what came: Bayes' rule on the mixture, with a share that
 * flows back (Herbster and Warmuth, 1998) because what is good changes with the text. A member that says nothing about a
 * token keeps its weight (specialists, Freund et al., 1997).
 */
export class Mixture {
  private readonly start: readonly number[];
  private readonly weights: Float64Array;

  /** @param start weight of each member before anything came (> 0). */
  constructor(start: readonly number[]) {
    const total = start.reduce((a, b) => a + b, 0);
    this.start = start.map((weight) => weight / total);
    this.weights = Float64Array.from(this.start);
  }

  /** Weights of all members; they sum to 1. */
  get shares(): ArrayLike<number> {
    return this.weights;
  }

  /** Take over what each member held of the token that came; undefined for one that said nothing. */
  observe(held: readonly (number | undefined)[]): void {
    const { weights, start } = this;
    let awake = 0;
    let mean = 0;
    for (const [i, probability] of held.entries()) {
      if (probability === undefined) continue;
      awake += weights[i]!;
      mean += weights[i]! * probability;
    }
    if (mean > 0) {
      for (const [i, probability] of held.entries()) {
        if (probability !== undefined) weights[i]! *= Math.max(LEAST_FACTOR, (awake * probability) / mean);
      }
    }
    const total = weights.reduce((a, b) => a + b, 0);
    for (let i = 0; i < weights.length; i++) {
      weights[i] = (1 - SHARE) * (weights[i]! / total) + SHARE * start[i]!;
    }
  }
}
