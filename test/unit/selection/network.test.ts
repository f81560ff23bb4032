import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { layerLength, Network, type NetworkWeights } from '../../../src/selection/network.ts';

/** What the weights say, written as its definition: a matrix, a bias, and ReLU between the layers. */
function reference({ sizes, layers }: NetworkWeights, input: readonly number[]): number[] {
  let values = [...input];
  for (const [i, layer] of layers.entries()) {
    const [inputs, outputs] = [sizes[i]!, sizes[i + 1]!];
    const rows = Array.from({ length: outputs }, (_, out) => layer.slice(out * inputs, (out + 1) * inputs));
    const biases = layer.slice(outputs * inputs);
    const sums = rows.map((row, out) =>
      row.reduce((sum, weight, j) => sum + weight * values[j]!, biases[out]!),
    );
    values = i < layers.length - 1 ? sums.map((sum) => Math.max(0, sum)) : sums;
  }
  return values;
}

const close = (actual: ArrayLike<number>, expected: readonly number[], within = 1e-12) => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(
      Math.abs(actual[i]! - value) <= within * Math.max(1, Math.abs(value)),
      `${actual[i]} for ${value}`,
    );
  }
};

describe('the network', () => {
  test('computes by hand what a person would', () => {
    // Two inputs; hidden units x − y and y − x; output: their sum and a half, which is |x − y| + ½.
    const network = new Network({
      sizes: [2, 2, 1],
      layers: [
        [1, -1, -1, 1, 0, 0],
        [1, 1, 0.5],
      ],
    });
    for (const [x, y] of [
      [3, 1],
      [1, 3],
      [2, 2],
      [-4, 1.5],
    ] as const) {
      network.input.set([x, y]);
      assert.equal(network.run()[0], Math.abs(x - y) + 0.5);
    }
  });

  test('computes what its definition says, for sizes and weights of any kind', () => {
    const random = seededRandom(3);
    for (const sizes of [
      [1, 1],
      [3, 2],
      [5, 4, 3],
      [7, 6, 5, 4],
      [60, 32, 32, 10],
    ]) {
      const network = Network.random(sizes, random);
      for (const layer of network.layers) for (let i = 0; i < layer.length; i++) layer[i]! += random() - 0.5;
      const weights = { sizes, layers: network.layers.map((layer) => [...layer]) };
      for (let run = 0; run < 20; run++) {
        const input = sizes
          .slice(0, 1)
          .flatMap((size) => Array.from({ length: size }, () => 4 * random() - 2));
        network.input.set(input);
        close(network.run(), reference(weights, input));
      }
    }
  });

  test('may give negative outputs: nothing is cut off after the last layer', () => {
    const network = new Network({ sizes: [1, 1], layers: [[2, -3]] });
    network.input[0] = 1;
    assert.equal(network.run()[0], -1);
  });

  test('is the same from its weights, to the digits asked for', () => {
    const network = Network.random([6, 5, 2], seededRandom(8));
    const input = [0.3, -1, 2, 0, 0.5, -0.25];
    const runOf = (each: Network) => {
      each.input.set(input);
      return [...each.run()];
    };
    const read = new Network(JSON.parse(JSON.stringify(network.toWeights(17))) as NetworkWeights);
    assert.deepEqual(runOf(read), runOf(network));
    close(runOf(new Network(network.toWeights())), runOf(network), 1e-3);
    for (const [i, layer] of network.toWeights().layers.entries()) {
      assert.equal(layer.length, layerLength(network.sizes[i]!, network.sizes[i + 1]!));
    }
  });

  test('begins with weights that keep the spread of their inputs, and no bias', () => {
    const network = Network.random([200, 100, 10], seededRandom(1));
    const matrix = network.layers[0]!.subarray(0, 200 * 100);
    const spread = matrix.reduce((sum, weight) => sum + weight * weight, 0) / matrix.length;
    assert.ok(Math.abs(spread - 2 / 200) < 0.001, `variance ${spread}`);
    assert.ok(network.layers[0]!.subarray(200 * 100).every((bias) => bias === 0));
  });

  test('is made of copies: the weights it came from stay as they were', () => {
    const layer = [1, 0];
    const network = new Network({ sizes: [1, 1], layers: [layer] });
    network.layers[0]![0] = 9;
    assert.deepEqual(layer, [1, 0]);
  });
});
