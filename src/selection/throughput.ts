// This folder: choosing among arms in contexts by reward and time, whatever the arms are: network and its training, value of a plan, oracle, Hedge, bandits, REINFORCE.

/** One way to spend a round: which arm, how far, what that is expected to bring and to take. */
export interface Plan {
  readonly length: number;
  /** Tokens expected, the one that a round brings in any case included. */
  readonly gain: number;
  readonly millis: number;
  /** What is left of the gain when its time is paid at the price. */
  readonly value: number;
}

/**
 * The length that is worth most: maximises gain − price · time over lengths 0 … survival.length. With the price set to
 * the rate that is reached in the long run, the best plan by this value is the best by E[gain] / E[time] (Dinkelbach,
 * 1967; renewal reward).
 *
 * @param survival chance that the first k+1 steps all succeed, falling.
 * @param millis time of a round of a length.
 * @param price gain that a millisecond is worth.
 */
export function bestPlan(
  survival: ArrayLike<number>,
  millis: (length: number) => number,
  price: number,
): Plan {
  let gain = 1;
  let best: Plan | undefined;
  for (let length = 0; length <= survival.length; length++) {
    if (length > 0) gain += survival[length - 1]!;
    const time = millis(length);
    const value = gain - price * time;
    if (!best || value > best.value) best = { length, gain, millis: time, value };
  }
  return best!;
}

/**
 * {@link bestPlan} on buffers, for callers that have no time for objects.
 * @param gains gain of a round of each length from 0.
 * @param times milliseconds of a round of each length.
 * @param longest the longest length that is possible.
 */
export function bestLength(gains: Float64Array, times: Float64Array, longest: number, price: number): number {
  let best = 0;
  let most = gains[0]! - price * times[0]!;
  for (let length = 1; length <= longest; length++) {
    const value = gains[length]! - price * times[length]!;
    if (value <= most) continue;
    most = value;
    best = length;
  }
  return best;
}

/** The rate that is reached: running means of gain and of time, and their ratio. */
export class Rate {
  private gain: number;
  private millis: number;

  /** @param step share of the newest round in the means. */
  constructor(
    gain: number,
    millis: number,
    private readonly step = 0.02,
  ) {
    this.gain = gain;
    this.millis = millis;
  }

  /** Gain a millisecond. */
  get value(): number {
    return this.gain / this.millis;
  }

  observe(gain: number, millis: number): void {
    this.gain += this.step * (gain - this.gain);
    this.millis += this.step * (millis - this.millis);
  }
}
