import { Adam } from './adam.ts';
import { Network, type NetworkWeights } from './network.ts';
import { shuffle } from './shuffle.ts';

/** What is known of one logged decision: the context, and what every arm would have brought. */
export interface LoggedDecision {
  /** Numbers that describe the context: shape [inputs]. */
  readonly context: ArrayLike<number>;
  /** Reward of each arm: shape [arms]. */
  readonly rewards: ArrayLike<number>;
}

export interface ReinforceOptions {
  /** Units of one hidden layer; 0 for a linear policy. */
  readonly hidden: number;
  /** Times that every decision is taken. */
  readonly epochs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly rate?: number;
}

const BATCH = 32;
const RATE = 0.01;
const DECAY = 1e-4;
/** How much a reward moves the baseline. */
const BASELINE_STEP = 0.05;

/** Chooses an arm from a context: probabilities are the softmax of a network's outputs. */
export class SoftmaxPolicy {
  private readonly network: Network;

  constructor(network: Network | NetworkWeights) {
    this.network = network instanceof Network ? network : new Network(network);
  }

  toWeights(): NetworkWeights {
    return this.network.toWeights();
  }

  /** Probability of each arm. */
  probabilities(context: ArrayLike<number>): Float64Array {
    this.network.input.set(context);
    return softmax(this.network.run());
  }

  /** The likeliest arm; of equal ones the first. */
  best(context: ArrayLike<number>): number {
    const chances = this.probabilities(context);
    return chances.indexOf(Math.max(...chances));
  }
}

/**
 * Train a policy by REINFORCE (Williams, 1992) on logged rewards: in each decision an arm is sampled, and the gradient of
 * its log-probability is scaled by how far its reward lies above the running mean. The log knows the rewards of all
 * arms; like the method that this stands for, it looks at that of the sampled one alone.
 * @throws RangeError when there is no decision.
 */
export function reinforce(
  decisions: readonly LoggedDecision[],
  { hidden, epochs, random, rate = RATE }: ReinforceOptions,
): SoftmaxPolicy {
  const first = decisions[0];
  if (!first) throw new RangeError('there is no decision to learn from');
  const arms = first.rewards.length;
  const inputs = first.context.length;
  const network = Network.random(hidden > 0 ? [inputs, hidden, arms] : [inputs, arms], random);
  const adam = new Adam(network, { rate, decay: DECAY });
  const order = decisions.map((_, i) => i);
  const gradient = new Float64Array(arms);
  const steps = epochs * Math.ceil(order.length / BATCH);
  let step = 0;
  let baseline = mean(decisions.map(({ rewards }) => mean(rewards)));
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const [i, at] of order.entries()) {
      const { context, rewards } = decisions[at]!;
      network.input.set(context);
      const chances = softmax(network.run());
      const arm = draw(chances, random());
      const advantage = rewards[arm]! - baseline;
      baseline += BASELINE_STEP * advantage;
      // Adam descends, so this is minus the gradient of advantage · log(chance of the arm).
      for (let a = 0; a < arms; a++) gradient[a] = advantage * (chances[a]! - (a === arm ? 1 : 0));
      adam.add(gradient);
      if ((i + 1) % BATCH === 0 || i + 1 === order.length) adam.step(1 - step++ / steps);
    }
  }
  return new SoftmaxPolicy(network);
}

/** exp(xᵢ) / Σ exp(xⱼ), safe from overflow. */
export function softmax(values: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(values);
  let most = Number.NEGATIVE_INFINITY;
  for (const value of result) most = Math.max(most, value);
  let sum = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = Math.exp(result[i]! - most);
    sum += result[i]!;
  }
  for (let i = 0; i < result.length; i++) result[i]! /= sum;
  return result;
}

/** The arm that a uniform number in [0, 1) falls on; rounding's remainder goes to the last that has a chance. */
export function draw(chances: ArrayLike<number>, uniform: number): number {
  let left = uniform;
  let last = 0;
  for (let arm = 0; arm < chances.length; arm++) {
    if (chances[arm]! <= 0) continue;
    last = arm;
    left -= chances[arm]!;
    if (left < 0) return arm;
  }
  return last;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
