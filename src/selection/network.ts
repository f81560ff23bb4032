/** A small network with ReLU between its layers and nothing after the last: sizes and weights, row by row. */
export interface NetworkWeights {
  /** Numbers of units, inputs first: `[inputs, hidden, …, outputs]`. */
  readonly sizes: readonly number[];
  /** For each layer a matrix [outputs][inputs] in rows, and behind it a bias for each output. */
  readonly layers: readonly (readonly number[])[];
}

/** Numbers that a layer holds: a matrix and the biases. */
export function layerLength(inputs: number, outputs: number): number {
  return outputs * (inputs + 1);
}

/** The same network with further inputs and outputs behind those it has, whose weights are zero: it computes what it did. */
export function widened({ sizes, layers }: NetworkWeights, inputs: number, outputs: number): NetworkWeights {
  const more = [inputs, ...sizes.slice(1, -1), outputs];
  return {
    sizes: more,
    layers: layers.map((layer, i) => {
      const [from, to] = [sizes[i]!, sizes[i + 1]!];
      const rows = Array.from({ length: more[i + 1]! }, (_, row) =>
        Array.from({ length: more[i]! }, (_, at) => (row < to && at < from ? layer[row * from + at]! : 0)),
      );
      const biases = Array.from({ length: more[i + 1]! }, (_, row) =>
        row < to ? layer[to * from + row]! : 0,
      );
      return [...rows.flat(), ...biases];
    }),
  };
}

/** A network that is ready to run. Its scratch memory is its own: use one per selector, one call at a time. */
export class Network {
  readonly sizes: readonly number[];
  /** Parameters of each layer; a trainer changes them in place. */
  readonly layers: readonly Float64Array[];
  /** Values of every layer in the last run; the first is the input. */
  readonly values: readonly Float64Array[];

  constructor({ sizes, layers }: NetworkWeights) {
    this.sizes = sizes;
    this.layers = layers.map((layer) => Float64Array.from(layer));
    this.values = sizes.map((size) => new Float64Array(size));
  }

  /** A network with small random weights (He et al., 2015). @param random uniform in [0, 1). */
  static random(sizes: readonly number[], random: () => number): Network {
    const layers = sizes.slice(1).map((outputs, i) => {
      const inputs = sizes[i]!;
      const spread = Math.sqrt(6 / inputs);
      return Array.from({ length: layerLength(inputs, outputs) }, (_, at) =>
        at < outputs * inputs ? spread * (2 * random() - 1) : 0,
      );
    });
    return new Network({ sizes, layers });
  }

  /** Where the next run reads its input from. */
  get input(): Float64Array {
    return this.values[0]!;
  }

  /** Run on {@link input}. @returns the outputs; the next run overwrites them. */
  run(): Float64Array {
    const last = this.layers.length - 1;
    for (let layer = 0; layer <= last; layer++) {
      const from = this.values[layer]!;
      const to = this.values[layer + 1]!;
      const weights = this.layers[layer]!;
      const inputs = from.length;
      const biases = to.length * inputs;
      for (let out = 0; out < to.length; out++) {
        let sum = weights[biases + out]!;
        const row = out * inputs;
        for (let i = 0; i < inputs; i++) sum += weights[row + i]! * from[i]!;
        to[out] = layer < last && sum < 0 ? 0 : sum;
      }
    }
    return this.values[this.values.length - 1]!;
  }

  /** The weights, for a file; `digits` significant digits are plenty for a choice. */
  toWeights(digits = 5): NetworkWeights {
    return {
      sizes: this.sizes,
      layers: this.layers.map((layer) => Array.from(layer, (value) => Number(value.toPrecision(digits)))),
    };
  }
}
