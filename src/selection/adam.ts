import type { Network } from './network.ts';

/** How fast and how steadily Adam goes; the defaults are its authors'. */
export interface AdamOptions {
  readonly rate: number;
  /** Pull of all weights towards zero, as a share of the rate (decoupled weight decay, Loshchilov and Hutter, 2019). */
  readonly decay?: number;
}

/** Moves parameters along mean gradients (Adam, Kingma and Ba, 2015). */
export class AdamSteps {
  /** Sums of gradients since the last step, of the shape of the parameters: to be added to. */
  readonly gradients: readonly Float64Array[];
  /** Examples that were added since the last step: to be counted up. */
  added = 0;
  private readonly means: readonly Float64Array[];
  private readonly squares: readonly Float64Array[];
  private steps = 0;

  constructor(
    private readonly layers: readonly Float64Array[],
    private readonly options: AdamOptions,
  ) {
    const like = () => layers.map((layer) => new Float64Array(layer.length));
    this.gradients = like();
    this.means = like();
    this.squares = like();
  }

  /** Take a step along the mean of the gradients added since the last one. @param scale of the rate, for a schedule. */
  step(scale = 1): void {
    if (this.added === 0) return;
    this.steps++;
    const { rate, decay = 0 } = this.options;
    const [b1, b2] = [0.9, 0.999];
    const stride = (scale * rate * Math.sqrt(1 - b2 ** this.steps)) / (1 - b1 ** this.steps);
    for (const [layer, weights] of this.layers.entries()) {
      const gradients = this.gradients[layer]!;
      const means = this.means[layer]!;
      const squares = this.squares[layer]!;
      for (let i = 0; i < weights.length; i++) {
        const gradient = gradients[i]! / this.added;
        means[i] = b1 * means[i]! + (1 - b1) * gradient;
        squares[i] = b2 * squares[i]! + (1 - b2) * gradient * gradient;
        weights[i]! -=
          (stride * means[i]!) / (Math.sqrt(squares[i]!) + 1e-8) + scale * rate * decay * weights[i]!;
      }
      gradients.fill(0);
    }
    this.added = 0;
  }
}

/**
 * Trains a network by gradients of whatever loss its caller has: after a run, hand the gradient of the loss by the
 * outputs to {@link add}; after a batch, {@link step}.
 */
export class Adam {
  private readonly deltas: Float64Array[];
  private readonly steps: AdamSteps;

  constructor(
    private readonly network: Network,
    options: AdamOptions,
  ) {
    this.steps = new AdamSteps(network.layers, options);
    this.deltas = network.values.map((values) => new Float64Array(values.length));
  }

  /** Back-propagate from the outputs of the network's last run. @param gradient of the loss, one number an output. */
  add(gradient: ArrayLike<number>): void {
    const { layers, values } = this.network;
    this.deltas[layers.length]!.set(gradient);
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const from = values[layer]!;
      const to = this.deltas[layer + 1]!;
      const back = this.deltas[layer]!;
      const weights = layers[layer]!;
      const gradients = this.steps.gradients[layer]!;
      const biases = to.length * from.length;
      back.fill(0);
      for (let out = 0; out < to.length; out++) {
        const delta = to[out]!;
        if (delta === 0) continue;
        gradients[biases + out]! += delta;
        const row = out * from.length;
        for (let i = 0; i < from.length; i++) {
          gradients[row + i]! += delta * from[i]!;
          back[i]! += delta * weights[row + i]!;
        }
      }
      // A unit that ReLU has cut off passes nothing back; the input layer is never cut.
      if (layer > 0) for (let i = 0; i < from.length; i++) if (from[i] === 0) back[i] = 0;
    }
    this.steps.added++;
  }

  /** Take a step along the mean of the gradients added since the last one. @param scale of the rate, for a schedule. */
  step(scale = 1): void {
    this.steps.step(scale);
  }
}
