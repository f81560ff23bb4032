import { draw } from './reinforce.ts';

/** Learns which arm is best from the rewards of those it pulls. */
export interface Bandit {
  /** The arm to pull now. */
  pick(): number;
  /** Told the reward of the arm that was picked last. @param reward in [0, 1]; what lies outside is clipped. */
  observe(reward: number): void;
}

/**
 * UCB1 (Auer, Cesa-Bianchi and Fischer, 2002): pull the arm whose mean reward plus √(2 ln t / pulls) is highest, after
 * every arm was pulled once. Regret grows with ln t when rewards are independent draws; it does not follow a change.
 */
export class Ucb1 implements Bandit {
  private readonly sums: Float64Array;
  private readonly pulls: Float64Array;
  private total = 0;
  private arm = 0;

  /** @param width scales the confidence term; 1 is what the theorem takes. */
  constructor(
    arms: number,
    private readonly width = 1,
  ) {
    this.sums = new Float64Array(arms);
    this.pulls = new Float64Array(arms);
  }

  pick(): number {
    const fresh = this.pulls.indexOf(0);
    if (fresh >= 0) {
      this.arm = fresh;
      return fresh;
    }
    let most = Number.NEGATIVE_INFINITY;
    for (let arm = 0; arm < this.sums.length; arm++) {
      const pulls = this.pulls[arm]!;
      const bound = this.sums[arm]! / pulls + this.width * Math.sqrt((2 * Math.log(this.total)) / pulls);
      if (bound <= most) continue;
      most = bound;
      this.arm = arm;
    }
    return this.arm;
  }

  observe(reward: number): void {
    this.sums[this.arm]! += clip(reward);
    this.pulls[this.arm]! += 1;
    this.total++;
  }
}

/**
 * EXP3 (Auer et al., 2002) as it stands in Bubeck and Cesa-Bianchi (2012, section 3.1): exponential weights of estimated
 * rewards, reward / probability for the arm that was pulled, at the rate √(ln K / (t K)). Assumes nothing about where
 * rewards come from.
 */
export class Exp3 implements Bandit {
  private readonly losses: Float64Array;
  private chances: Float64Array;
  private rounds = 0;
  private arm = 0;

  /** @param random uniform in [0, 1). */
  constructor(
    arms: number,
    private readonly random: () => number,
  ) {
    this.losses = new Float64Array(arms);
    this.chances = new Float64Array(arms).fill(1 / arms);
  }

  pick(): number {
    const arms = this.losses.length;
    const rate = Math.sqrt(Math.log(arms) / ((this.rounds + 1) * arms));
    const least = Math.min(...this.losses);
    let sum = 0;
    for (let arm = 0; arm < arms; arm++) {
      this.chances[arm] = Math.exp(-rate * (this.losses[arm]! - least));
      sum += this.chances[arm]!;
    }
    for (let arm = 0; arm < arms; arm++) this.chances[arm]! /= sum;
    this.arm = draw(this.chances, this.random());
    return this.arm;
  }

  observe(reward: number): void {
    this.losses[this.arm]! += (1 - clip(reward)) / this.chances[this.arm]!;
    this.rounds++;
  }
}

function clip(reward: number): number {
  return Math.min(1, Math.max(0, reward));
}
