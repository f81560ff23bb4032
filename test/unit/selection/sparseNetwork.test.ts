import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { AdamSteps } from '../../../src/selection/adam.ts';
import { Network } from '../../../src/selection/network.ts';
import { SparseNetwork } from '../../../src/selection/sparseNetwork.ts';
import { SparseRow } from '../../../src/selection/sparseRow.ts';

const SIZES = [12, 7, 6, 3];
/** Inputs from here on are those of one run; those before are shared. */
const OWN = 5;

/** A row of numbers, many of them zero, some of them one, as its two sparse parts. */
function rows(random: () => number) {
  const dense = Array.from({ length: SIZES[0]! }, () => {
    const kind = random();
    return kind < 0.4 ? 0 : kind < 0.7 ? 1 : 4 * random() - 2;
  });
  const part = (from: number, to: number) => {
    const row = new SparseRow(SIZES[0]!);
    for (let i = from; i < to; i++) row.set(i, dense[i]!);
    return row;
  };
  return { dense, shared: part(0, OWN), own: part(OWN, dense.length) };
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    assert.ok(Math.abs(actual[i]! - expected[i]!) < 1e-9, `${actual[i]} instead of ${expected[i]}`);
  }
}

function pair(seed: number) {
  const plain = Network.random(SIZES, seededRandom(seed));
  const random = seededRandom(seed + 100);
  for (const layer of plain.layers) for (let i = 0; i < layer.length; i++) layer[i]! += random() - 0.5;
  return { plain, sparse: SparseNetwork.from(plain.toWeights(17)), random };
}

describe('the network for sparse inputs', () => {
  test('computes what the plain one does, however many runs share a part', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { plain, sparse, random } = pair(seed);
      const first = rows(random);
      sparse.begin(first.shared);
      for (let run = 0; run < 5; run++) {
        const next = rows(random);
        plain.input.set([...first.dense.slice(0, OWN), ...next.dense.slice(OWN)]);
        close(sparse.run(next.own), plain.run());
      }
    }
  });

  test('goes along the gradient that finite differences show', () => {
    const { sparse, random } = pair(3);
    const { shared, own } = rows(random);
    const goal = [1, -2, 0.5];
    const loss = () => {
      sparse.begin(shared);
      return [...sparse.run(own)].reduce((sum, value, i) => sum + (value - goal[i]!) ** 2 / 2, 0);
    };
    loss();
    const outputs = [...sparse.run(own)];
    const { gradients } = new AdamSteps(sparse.layers, { rate: 1 });
    sparse.backward(
      outputs.map((value, i) => value - goal[i]!),
      shared,
      own,
      gradients,
    );
    let told = 0;
    for (const [l, layer] of sparse.layers.entries()) {
      for (let i = 0; i < layer.length; i++) {
        const weight = layer[i]!;
        layer[i] = weight + 1e-6;
        const above = loss();
        layer[i] = weight - 1e-6;
        const below = loss();
        layer[i] = weight;
        const slope = (above - below) / 2e-6;
        assert.ok(Math.abs(gradients[l]![i]! - slope) < 1e-4, `layer ${l}, ${i}`);
        if (Math.abs(slope) > 1e-3) told++;
      }
    }
    assert.ok(told > 40, `only ${told} weights tell anything`);
  });

  test('writes the weights that it was read from', () => {
    const { plain, sparse } = pair(5);
    assert.deepEqual(sparse.toWeights(17), plain.toWeights(17));
  });
});

test('a copy of a sparse row stays as it was', () => {
  const row = new SparseRow(4);
  row.set(2, 0.5);
  row.set(3, 0);
  const copy = row.copy();
  row.clear();
  row.set(1, 7);
  assert.deepEqual([copy.length, copy.places[0], copy.values[0]], [1, 2, 0.5]);
});
