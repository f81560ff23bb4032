import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gumbelNoise, uniform } from '../../../src/engine/noise.ts';
import { greedy, type SamplingOptions, seededSampler } from '../../../src/engine/sampling.ts';
import type { Scores } from '../../../src/engine/target.ts';

const rowOf = (values: readonly number[]): Scores => {
  const row = Float32Array.from(values);
  return { rows: 1, logits: () => row, argmax: () => row.indexOf(Math.max(...row)) };
};

/** How often each token is chosen over many positions, as shares. */
function shares(values: readonly number[], options: SamplingOptions, count: number): number[] {
  const sampler = seededSampler(options);
  const scores = rowOf(values);
  const hits = values.map(() => 0);
  for (let i = 0; i < count; i++) {
    const token = sampler.choose(scores, 0);
    hits[token]!++;
    sampler.commit(token);
  }
  return hits.map((hit) => hit / count);
}

/** Pearson's statistic of observed shares against expected ones. */
function chiSquare(observed: readonly number[], expected: readonly number[], count: number): number {
  return observed.reduce((sum, share, i) => {
    const e = expected[i]!;
    return e === 0 ? sum : sum + (count * (share - e) ** 2) / e;
  }, 0);
}

const softmax = (values: readonly number[], temperature: number) => {
  const weights = values.map((value) => Math.exp(value / temperature));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};

test('uniform numbers fill (0, 1) evenly, in every argument', () => {
  const count = 20_000;
  for (const draw of [
    (i: number) => uniform(i, 3, 5),
    (i: number) => uniform(3, i, 5),
    (i: number) => uniform(3, 5, i),
  ]) {
    const cells = new Array<number>(20).fill(0);
    for (let i = 0; i < count; i++) cells[Math.floor(draw(i) * 20)]! += 1 / count;
    // 19 degrees of freedom: beyond 43.8 in one of a thousand.
    assert.ok(chiSquare(cells, new Array(20).fill(1 / 20), count) < 43.8);
  }
});

test('Gumbel noise has the mean and the spread of its law', () => {
  const count = 50_000;
  const draws = Array.from({ length: count }, (_, i) => gumbelNoise(11, i % 250, Math.floor(i / 250)));
  const mean = draws.reduce((a, b) => a + b) / count;
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  assert.ok(Math.abs(mean - 0.5772) < 0.03, `${mean}`);
  assert.ok(Math.abs(variance - Math.PI ** 2 / 6) < 0.06, `${variance}`);
});

test('tokens come as often as the softmax says, at every temperature', () => {
  const values = [1, 0.2, -0.5, 2, 0, -3];
  const count = 30_000;
  for (const temperature of [0.5, 1, 2]) {
    const observed = shares(values, { temperature, topP: 1, seed: 5 }, count);
    // 5 degrees of freedom: beyond 20.5 in one of a thousand.
    assert.ok(chiSquare(observed, softmax(values, temperature), count) < 20.5, `${temperature}`);
  }
});

test('a known wrong temperature is seen by that test', () => {
  const values = [1, 0.2, -0.5, 2, 0, -3];
  const observed = shares(values, { temperature: 1.1, topP: 1, seed: 5 }, 30_000);
  assert.ok(chiSquare(observed, softmax(values, 1), 30_000) > 20.5);
});

test('top-p leaves the most likely tokens, in their proportions', () => {
  const values = [3, 2, 1, 0, -1].map((value) => value * 0.8);
  const all = softmax(values, 1);
  const count = 30_000;
  // 0.55 + 0.25 pass 0.75 with the second token.
  const observed = shares(values, { temperature: 1, topP: 0.75, seed: 9 }, count);
  const total = all[0]! + all[1]!;
  const expected = [all[0]! / total, all[1]! / total, 0, 0, 0];
  assert.deepEqual(observed.slice(2), [0, 0, 0]);
  assert.ok(chiSquare(observed, expected, count) < 10.8);
  // A nucleus that holds the first token alone is greedy.
  assert.deepEqual(shares(values, { temperature: 1, topP: 0.1, seed: 9 }, 100), [1, 0, 0, 0, 0]);
});

test('equal tokens at the border of the nucleus go by their ids', () => {
  const observed = shares([0, 0, 0, 0], { temperature: 1, topP: 0.5, seed: 2 }, 500);
  assert.deepEqual(observed.slice(2), [0, 0]);
  assert.ok(observed[0]! > 0.3 && observed[1]! > 0.3);
});

test('the same seed and position give the same token; others do not', () => {
  const scores = rowOf(Array.from({ length: 200 }, (_, i) => Math.sin(i)));
  const options = { temperature: 1, topP: 1, seed: 3 };
  const tokens = (seed: number, start: number) => {
    const sampler = seededSampler({ ...options, seed }, start);
    return Array.from({ length: 20 }, () => {
      // Asked twice, as a decoder may: the answer is the same until a token is committed.
      const token = sampler.choose(scores, 0);
      assert.equal(sampler.choose(scores, 0), token);
      sampler.commit(token);
      return token;
    });
  };
  assert.deepEqual(tokens(3, 0), tokens(3, 0));
  assert.notDeepEqual(tokens(3, 0), tokens(4, 0));
  assert.deepEqual(tokens(3, 0).slice(5), tokens(3, 5).slice(0, 15));
});

test('samplers keep to the tokens they are given', () => {
  const scores = rowOf([9, 1, 5, 5, 0]);
  assert.equal(greedy.choose(scores, 0, [1, 2, 3]), 2);
  for (const topP of [0.3, 1]) {
    const sampler = seededSampler({ temperature: 2, topP, seed: 1 });
    for (let i = 0; i < 200; i++) {
      const token = sampler.choose(scores, 0, [1, 4]);
      assert.ok(token === 1 || token === 4);
      sampler.commit(token);
    }
  }
});
