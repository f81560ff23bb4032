import { Adam } from '../../src/selection/adam.ts';
import { Network } from '../../src/selection/network.ts';
import { bestPlan } from '../../src/selection/throughput.ts';
import { PIXELS, SHAPES, SIDE, seeded } from './shapes.ts';

/** What choosing knows of a picture: cheap statistics, and what the small classifier said where it was asked first. */
export const STATISTICS = 5;
export const CONTEXT = STATISTICS + 2 + SHAPES.length;

/**
 * Mean, spread, roughness (between neighbours: mostly noise), brightness of the border and left–right asymmetry. One pass
 * over the pixels, [STATISTICS].
 */
export function writeStatistics(pixels: Float64Array, to: Float64Array): void {
  let sum = 0;
  let squares = 0;
  let rough = 0;
  let border = 0;
  let skew = 0;
  for (let row = 0, i = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, i++) {
      const value = pixels[i]!;
      sum += value;
      squares += value * value;
      if (column > 0) rough += Math.abs(value - pixels[i - 1]!);
      if (row === 0 || column === 0 || row === SIDE - 1 || column === SIDE - 1) border += value;
      skew += column < SIDE / 2 ? value : -value;
    }
  }
  const mean = sum / PIXELS;
  to[0] = 4 * mean;
  to[1] = 4 * (squares / PIXELS - mean * mean);
  to[2] = (4 * rough) / PIXELS;
  to[3] = border / (4 * SIDE);
  to[4] = (8 * Math.abs(skew)) / PIXELS;
}

/** Write the answer of the small classifier behind the statistics: its confidence, the gap to the second, and who it is. */
export function writeAnswer(answer: Float64Array, to: Float64Array): void {
  let [first, second, winner] = [0, 0, 0];
  for (let i = 0; i < answer.length; i++) {
    const value = answer[i]!;
    if (value > first) [first, second, winner] = [value, first, i];
    else if (value > second) second = value;
  }
  to.fill(0, STATISTICS);
  to[STATISTICS] = first;
  to[STATISTICS + 1] = first - second;
  to[STATISTICS + 2 + winner] = 1;
}

/** A picture as the selector meets it in training: everything is known, as it is from a log. */
export interface Lesson {
  readonly context: Float64Array;
  /** Whether each classifier is right, small then large. */
  readonly right: readonly [boolean, boolean];
}

/**
 * Learns from contexts how likely each arm succeeds, and weighs that against time at a price. The same as the policy of
 * drafts: full information from a log, a network for the chances, and {@link bestPlan} for what they are worth.
 */
export class TrainedSelector {
  private readonly network: Network;

  /** @param inputs numbers of the context that it may see: {@link STATISTICS} or {@link CONTEXT}. */
  constructor(
    private readonly inputs: number,
    seed: number,
  ) {
    this.network = Network.random([inputs, 16, 2], seeded(seed));
  }

  train(lessons: readonly Lesson[], epochs: number, seed: number): void {
    const random = seeded(seed);
    const adam = new Adam(this.network, { rate: 0.01 });
    const batches = Math.floor((epochs * lessons.length) / 32);
    for (let batch = 0; batch < batches; batch++) {
      for (let i = 0; i < 32; i++) {
        const { context, right } = lessons[Math.floor(random() * lessons.length)]!;
        const chances = this.chances(context);
        adam.add([chances[0] - (right[0] ? 1 : 0), chances[1] - (right[1] ? 1 : 0)]);
      }
      adam.step(1 - batch / batches);
    }
  }

  /** Chance of being right, small and large. */
  chances(context: Float64Array): [number, number] {
    for (let i = 0; i < this.inputs; i++) this.network.input[i] = context[i]!;
    const [small, large] = this.network.run();
    return [1 / (1 + Math.exp(-small!)), 1 / (1 + Math.exp(-large!))];
  }

  /** Whether the large classifier's answer is worth its time. @param millis of the two. @param price of a millisecond. */
  wantsLarge(context: Float64Array, millis: readonly [number, number], price: number): boolean {
    const [small, large] = this.chances(context);
    return bestPlan([large - small], (length) => millis[length as 0 | 1], price).length === 1;
  }
}
