import { Adam } from '../../src/selection/adam.ts';
import { Network } from '../../src/selection/network.ts';
import { PIXELS, type Picture, SHAPES, SIDE, seeded } from './shapes.ts';

/** What a classifier makes of a picture: a probability for each shape. The next answer overwrites it. */
interface Classifier {
  readonly name: string;
  classify(pixels: Float64Array): Float64Array;
}

/** Writes the numbers that a network sees of a picture. */
export type Eye = (pixels: Float64Array, to: Float64Array) => void;

const BLOCK = 4;

/** Means of blocks of four by four pixels: all that the small classifier sees. */
export const blockMeans: Eye = (pixels, to) => {
  to.fill(0);
  for (let i = 0; i < PIXELS; i++) {
    const row = Math.floor(i / SIDE / BLOCK);
    const column = Math.floor((i % SIDE) / BLOCK);
    to[row * (SIDE / BLOCK) + column]! += pixels[i]! / BLOCK ** 2;
  }
};

/** Every pixel. */
export const everyPixel: Eye = (pixels, to) => to.set(pixels);

export const SIZES = {
  small: [(SIDE / BLOCK) ** 2, SHAPES.length],
  large: [PIXELS, 256, 96, SHAPES.length],
};

/** A network behind an eye. */
export class NetworkClassifier implements Classifier {
  readonly network: Network;

  constructor(
    readonly name: string,
    sizes: readonly number[],
    private readonly eye: Eye,
    seed: number,
  ) {
    this.network = Network.random(sizes, seeded(seed));
  }

  classify(pixels: Float64Array): Float64Array {
    this.eye(pixels, this.network.input);
    return softmax(this.network.run());
  }

  /** Learn from pictures that are drawn anew all the time, by cross-entropy; the rate falls to zero. */
  train(next: () => Picture, steps: number, batch: number, rate: number): void {
    const adam = new Adam(this.network, { rate });
    const gradient = new Float64Array(SHAPES.length);
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < batch; i++) {
        const { pixels, shape } = next();
        gradient.set(this.classify(pixels));
        gradient[shape]! -= 1;
        adam.add(gradient);
      }
      adam.step(1 - step / steps);
    }
  }
}

/** In place: the outputs of a network as probabilities. */
export function softmax(values: Float64Array): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.exp(values[i]! - most);
    total += values[i]!;
  }
  for (let i = 0; i < values.length; i++) values[i]! /= total;
  return values;
}

/** The place of the largest number. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
