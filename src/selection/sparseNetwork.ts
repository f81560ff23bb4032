import { layerLength, Network, type NetworkWeights } from './network.ts';
import type { SparseRow } from './sparseRow.ts';

/**
 * The same network as {@link Network}, for inputs that are mostly zero and of which a part is shared by several runs:
 * {@link begin} adds up the shared part of the first layer, {@link run} adds what is not shared. A one-hot input is the
 * addition of a row. Computes what `Network` does, in another order of additions.
 *
 * Its scratch memory is its own: use one per selector, one call at a time.
 */
export class SparseNetwork {
  /**
   * Parameters of each layer; a trainer changes them in place. By input: a row [outputs] for each input, the biases
   * behind them.
   */
  readonly layers: readonly Float64Array[];
  /** Values of every layer behind the input in the last run. */
  private readonly values: readonly Float64Array[];
  /** The first layer's sums of the biases and the shared part: shape [units of the first layer]. */
  private readonly shared: Float64Array;
  /** For training: derivatives by the values of every layer behind the input. */
  private readonly deltas: readonly Float64Array[];

  constructor(
    readonly sizes: readonly number[],
    layers: readonly (readonly number[])[],
  ) {
    this.layers = layers.map((layer, i) => byInput(layer, sizes[i]!, sizes[i + 1]!));
    this.values = sizes.slice(1).map((size) => new Float64Array(size));
    this.deltas = sizes.slice(1).map((size) => new Float64Array(size));
    this.shared = new Float64Array(sizes[1]!);
  }

  /** From the weights of a file. */
  static from({ sizes, layers }: NetworkWeights): SparseNetwork {
    return new SparseNetwork(sizes, layers);
  }

  /** Small random weights. @param random uniform in [0, 1). */
  static random(sizes: readonly number[], random: () => number): SparseNetwork {
    return SparseNetwork.from(Network.random(sizes, random).toWeights(17));
  }

  /** Take over the inputs that the next runs share. */
  begin(row: SparseRow): void {
    const { shared } = this;
    const weights = this.layers[0]!;
    const biases = this.sizes[0]! * shared.length;
    for (let out = 0; out < shared.length; out++) shared[out] = weights[biases + out]!;
    addRows(row, weights, shared);
  }

  /** Run on the shared inputs and these. @returns the outputs; the next run overwrites them. */
  run(row: SparseRow): Float64Array {
    const { values, layers } = this;
    const first = values[0]!;
    first.set(this.shared);
    addRows(row, layers[0]!, first);
    for (let layer = 1; layer < layers.length; layer++) {
      const from = values[layer - 1]!;
      const to = values[layer]!;
      const weights = layers[layer]!;
      const outputs = to.length;
      const biases = from.length * outputs;
      for (let out = 0; out < outputs; out++) to[out] = weights[biases + out]!;
      for (let i = 0; i < from.length; i++) {
        const value = from[i]!;
        // ReLU: a unit that is cut off passes nothing on.
        if (value <= 0) {
          from[i] = 0;
          continue;
        }
        const at = i * outputs;
        for (let out = 0; out < outputs; out++) to[out]! += value * weights[at + out]!;
      }
    }
    return values[values.length - 1]!;
  }

  /**
   * Add to `gradients` (of the shape of {@link layers}) those of a loss, given its gradient by the outputs of the last
   * run, which was on `shared` and `own`.
   */
  backward(
    gradient: ArrayLike<number>,
    shared: SparseRow,
    own: SparseRow,
    gradients: readonly Float64Array[],
  ): void {
    const { values, layers, deltas } = this;
    const last = layers.length - 1;
    deltas[last]!.set(gradient);
    for (let layer = last; layer > 0; layer--) {
      const from = values[layer - 1]!;
      const delta = deltas[layer]!;
      const back = deltas[layer - 1]!;
      const weights = layers[layer]!;
      const into = gradients[layer]!;
      const outputs = delta.length;
      const biases = from.length * outputs;
      for (let out = 0; out < outputs; out++) into[biases + out]! += delta[out]!;
      for (let i = 0; i < from.length; i++) {
        const value = from[i]!;
        back[i] = 0;
        if (value <= 0) continue;
        const at = i * outputs;
        let sum = 0;
        for (let out = 0; out < outputs; out++) {
          into[at + out]! += value * delta[out]!;
          sum += weights[at + out]! * delta[out]!;
        }
        back[i] = sum;
      }
    }
    const delta = deltas[0]!;
    const into = gradients[0]!;
    const biases = this.sizes[0]! * delta.length;
    for (let out = 0; out < delta.length; out++) into[biases + out]! += delta[out]!;
    addOuter(shared, delta, into);
    addOuter(own, delta, into);
  }

  /** The weights, for a file; `digits` significant digits are plenty for a choice. */
  toWeights(digits = 5): NetworkWeights {
    const layers = this.layers.map((layer, i) => {
      const [inputs, outputs] = [this.sizes[i]!, this.sizes[i + 1]!];
      return Array.from({ length: layerLength(inputs, outputs) }, (_, at) =>
        Number(layer[placeByInput(at, inputs, outputs)]!.toPrecision(digits)),
      );
    });
    return { sizes: this.sizes, layers };
  }
}

/** Where a parameter that stands at `at` when ordered by output stands when ordered by input. */
function placeByInput(at: number, inputs: number, outputs: number): number {
  if (at >= inputs * outputs) return at;
  return (at % inputs) * outputs + Math.floor(at / inputs);
}

function byInput(layer: readonly number[], inputs: number, outputs: number): Float64Array {
  const turned = new Float64Array(layer.length);
  for (let at = 0; at < layer.length; at++) turned[placeByInput(at, inputs, outputs)] = layer[at]!;
  return turned;
}

/** to += the weights' rows of the inputs, each times its value. */
function addRows({ places, values, length }: SparseRow, weights: Float64Array, to: Float64Array): void {
  const outputs = to.length;
  for (let i = 0; i < length; i++) {
    const at = places[i]! * outputs;
    const value = values[i]!;
    if (value === 1) for (let out = 0; out < outputs; out++) to[out]! += weights[at + out]!;
    else for (let out = 0; out < outputs; out++) to[out]! += value * weights[at + out]!;
  }
}

/** into += value · delta, in the row of each input. */
function addOuter({ places, values, length }: SparseRow, delta: Float64Array, into: Float64Array): void {
  const outputs = delta.length;
  for (let i = 0; i < length; i++) {
    const at = places[i]! * outputs;
    const value = values[i]!;
    for (let out = 0; out < outputs; out++) into[at + out]! += value * delta[out]!;
  }
}
