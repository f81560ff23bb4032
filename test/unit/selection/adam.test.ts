import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { Adam } from '../../../src/selection/adam.ts';
import { Network } from '../../../src/selection/network.ts';

/** Squared distance of the outputs to a goal, halved, and its gradient by the outputs. */
function distance(network: Network, input: readonly number[], goal: readonly number[]) {
  network.input.set(input);
  const gradient = [...network.run()].map((value, i) => value - goal[i]!);
  return { loss: gradient.reduce((sum, each) => sum + (each * each) / 2, 0), gradient };
}

const cases = [
  { input: [0.2, -0.7, 1.1], goal: [1, -1] },
  { input: [-0.4, 0.9, 0.3], goal: [0, 2] },
];

/** Signs of what the hidden units of the first layer hold: a finite difference across the kink of ReLU says nothing. */
const cuts = (network: Network, input: readonly number[]) => {
  network.input.set(input);
  network.run();
  return network.values.slice(1, -1).map((values) => Array.from(values, (value) => value > 0));
};

describe('Adam', () => {
  test('goes along the gradient that finite differences show, in every weight and bias', () => {
    const network = Network.random([3, 5, 4, 2], seededRandom(5));
    const random = seededRandom(6);
    for (const layer of network.layers) for (let i = 0; i < layer.length; i++) layer[i]! += 0.5 * random();
    const differences = cases.map(({ input, goal }) =>
      network.layers.map((layer) =>
        Array.from(layer, (weight, i) => {
          const step = 1e-5;
          layer[i] = weight + step;
          const above = distance(network, input, goal).loss;
          const cutAbove = cuts(network, input);
          layer[i] = weight - step;
          const below = distance(network, input, goal).loss;
          assert.deepEqual(cuts(network, input), cutAbove, 'the case stands on a kink: choose another');
          layer[i] = weight;
          return (above - below) / (2 * step);
        }),
      ),
    );

    // A step of Adam hides the size of the first gradient; the second step tells how the two compare, by the moments
    // m̂ = (0.09 g₁ + 0.1 g₂) / (1 − 0.9²) and v̂ alike. The rate is so small that the gradient stays what it was.
    const before = network.layers.map((layer) => Float64Array.from(layer));
    const rate = 1e-9;
    const adam = new Adam(network, { rate });
    for (const { input, goal } of cases) {
      adam.add(distance(network, input, goal).gradient);
      adam.step();
    }
    let told = 0;
    for (const [layer, weights] of before.entries()) {
      for (const [i, weight] of weights.entries()) {
        const [first, second] = differences.map((each) => each[layer]![i]!) as [number, number];
        if (Math.abs(first) < 1e-3 || Math.abs(second) < 1e-3) continue;
        const mean = (0.09 * first + 0.1 * second) / (1 - 0.9 ** 2);
        const square = (0.000999 * first ** 2 + 0.001 * second ** 2) / (1 - 0.999 ** 2);
        const must = Math.sign(first) + mean / Math.sqrt(square);
        const moved = (weight - network.layers[layer]![i]!) / rate;
        assert.ok(Math.abs(moved - must) < 0.01, `layer ${layer}, weight ${i}: ${moved} instead of ${must}`);
        told++;
      }
    }
    assert.ok(told > 20, `only ${told} weights tell anything`);
  });

  test('goes by the sum over a batch: one example that pulls hard outvotes two', () => {
    const network = new Network({ sizes: [1, 1], layers: [[0, 0]] });
    const adam = new Adam(network, { rate: 0.1 });
    network.input[0] = 1;
    for (const gradient of [-1, -1, 3]) {
      network.run();
      adam.add([gradient]);
    }
    adam.step();
    assert.ok(network.layers[0]![0]! < 0 && network.layers[0]![1]! < 0);
  });

  test('learns what no straight line separates', () => {
    const random = seededRandom(2);
    const network = Network.random([2, 8, 1], random);
    const adam = new Adam(network, { rate: 0.02 });
    for (let step = 0; step < 600; step++) {
      for (const [x, y] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        network.input.set([x, y]);
        const chance = 1 / (1 + Math.exp(-network.run()[0]!));
        adam.add([chance - (x ^ y)]);
      }
      adam.step();
    }
    for (const [x, y] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      network.input.set([x, y]);
      assert.equal(network.run()[0]! > 0, x !== y, `${x}, ${y}`);
      assert.ok(Math.abs(network.run()[0]!) > 2, `${x}, ${y}: not sure of it`);
    }
  });

  test('does nothing without a gradient, and forgets a batch once it is used', () => {
    const network = Network.random([2, 3, 1], seededRandom(1));
    const before = network.layers.map((layer) => [...layer]);
    const adam = new Adam(network, { rate: 0.1, decay: 0.5 });
    adam.step();
    assert.deepEqual(
      network.layers.map((layer) => [...layer]),
      before,
    );
    network.run();
    adam.add([1]);
    adam.step();
    const once = network.layers.map((layer) => [...layer]);
    adam.step();
    assert.deepEqual(
      network.layers.map((layer) => [...layer]),
      once,
    );
  });

  test('lets weights that nothing holds shrink, where it is asked to', () => {
    const shrunk = (decay: number) => {
      const network = new Network({ sizes: [1, 1], layers: [[4, 4]] });
      const adam = new Adam(network, { rate: 0.1, decay });
      for (let step = 0; step < 100; step++) {
        network.run();
        adam.add([0]);
        adam.step();
      }
      return network.layers[0]![0]!;
    };
    assert.equal(shrunk(0), 4);
    assert.ok(Math.abs(shrunk(0.1) - 4 * 0.99 ** 100) < 1e-9);
  });
});
