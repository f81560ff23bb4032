/** Weighs experts by how they would have done; told the loss of every one of them. */
export interface Hedge {
  /** Weights of the experts, adding up to 1. Do not change them. */
  readonly weights: Float64Array;
  /**
   * Take over a round. O(experts).
   * @param losses in [0, 1], one an expert.
   * @param awake 1 for the experts whose loss is known, 0 for those that are left as they are; all without it.
   */
  update(losses: ArrayLike<number>, awake?: ArrayLike<number>): void;
}

export interface FixedShareOptions {
  /** How strongly a loss counts. */
  readonly rate: number;
  /** Share of the weight that is spread evenly over all experts in every round: how often the best one is taken to change. */
  readonly share: number;
  /** Weights to begin with; even ones without it. */
  readonly prior?: ArrayLike<number>;
}

/**
 * Fixed-share Hedge (Herbster and Warmuth, 1998): exponential weights whose loser keeps a little weight, so that it
 * comes back quickly when it turns into the best. Regret against the best sequence of experts with few changes.
 */
export class FixedShareHedge implements Hedge {
  readonly weights: Float64Array;
  private readonly rate: number;
  private readonly share: number;

  constructor(experts: number, { rate, share, prior }: FixedShareOptions) {
    this.weights = startOf(experts, prior);
    this.rate = rate;
    this.share = share;
  }

  update(losses: ArrayLike<number>, awake?: ArrayLike<number>): void {
    const { weights, rate, share } = this;
    const experts = weights.length;
    const mean = meanLoss(weights, losses, awake);
    if (mean === undefined) return;
    let sum = 0;
    for (let i = 0; i < experts; i++) {
      // One that sleeps is taken to lose what all lose on average, so that its weight stays.
      const loss = !awake || awake[i] ? losses[i]! : mean;
      weights[i]! *= Math.exp(-rate * (loss - mean));
      sum += weights[i]!;
    }
    for (let i = 0; i < experts; i++) weights[i] = share / experts + ((1 - share) * weights[i]!) / sum;
  }
}

/**
 * AdaNormalHedge (Luo and Schapire, 2015, algorithm 1): no rate to choose. The weight of an expert with regret R out of
 * a total C of absolute regrets is its prior times w(R, C) = ½ (Φ(R + 1, C + 1) − Φ(R − 1, C + 1)), where
 * Φ(R, C) = exp(max(R, 0)² / 3C). Handles sleeping experts (section 5.1): one whose loss is not known has no regret.
 */
export class AdaNormalHedge implements Hedge {
  readonly weights: Float64Array;
  private readonly prior: Float64Array;
  private readonly regrets: Float64Array;
  private readonly totals: Float64Array;
  /** Logarithms of the unnormalised weights: potentials outgrow a number otherwise. */
  private readonly logs: Float64Array;

  /** @param prior weights to begin with; even ones without it. */
  constructor(experts: number, prior?: ArrayLike<number>) {
    this.prior = startOf(experts, prior);
    this.weights = Float64Array.from(this.prior);
    this.regrets = new Float64Array(experts);
    this.totals = new Float64Array(experts);
    this.logs = new Float64Array(experts);
  }

  update(losses: ArrayLike<number>, awake?: ArrayLike<number>): void {
    const { weights, regrets, totals, logs, prior } = this;
    const mean = meanLoss(weights, losses, awake);
    if (mean === undefined) return;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < weights.length; i++) {
      if (!awake || awake[i]) {
        const regret = mean - losses[i]!;
        regrets[i]! += regret;
        totals[i]! += Math.abs(regret);
      }
      logs[i] = Math.log(prior[i]!) + logWeight(regrets[i]!, totals[i]!);
      most = Math.max(most, logs[i]!);
    }
    // All have lost to the mean of themselves: begin anew from the prior.
    if (most === Number.NEGATIVE_INFINITY) {
      weights.set(prior);
      return;
    }
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(logs[i]! - most);
      sum += weights[i]!;
    }
    for (let i = 0; i < weights.length; i++) weights[i]! /= sum;
  }
}

/** Loss of the awake experts by their weights; undefined when none of them has weight. */
function meanLoss(
  weights: Float64Array,
  losses: ArrayLike<number>,
  awake: ArrayLike<number> | undefined,
): number | undefined {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    if (awake && !awake[i]) continue;
    sum += weights[i]! * losses[i]!;
    total += weights[i]!;
  }
  return total > 0 ? sum / total : undefined;
}

/** Logarithm of w(R, C). */
function logWeight(regret: number, total: number): number {
  const above = Math.max(regret + 1, 0) ** 2 / (3 * (total + 1));
  const below = Math.max(regret - 1, 0) ** 2 / (3 * (total + 1));
  return above + Math.log(0.5 * -Math.expm1(below - above));
}

function startOf(experts: number, prior: ArrayLike<number> | undefined): Float64Array {
  const weights = new Float64Array(experts).fill(1);
  if (prior) weights.set(prior);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
