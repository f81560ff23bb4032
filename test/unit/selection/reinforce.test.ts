import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { draw, reinforce, softmax } from '../../../src/selection/reinforce.ts';

/** Contexts [x, y, 1]; the best arm is told by a rule. Rewards are noisy, so that one look is not enough. */
function problem(count: number, seed: number, best: (x: number, y: number) => number, arms: number) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    const right = best(x, y);
    const rewards = Array.from(
      { length: arms },
      (_, a) => (a === right ? 0.8 : 0.3) + 0.2 * (random() - 0.5),
    );
    return { context: [x, y, 1], rewards, right };
  });
}

for (const [name, hidden, best] of [
  ['a linear policy learns which side of a line is whose', 0, (x: number, y: number) => (x + y > 0 ? 2 : 0)],
  ['a hidden layer learns what no line divides', 16, (x: number, y: number) => (x * y > 0 ? 1 : 0)],
] as const) {
  test(name, () => {
    const policy = reinforce(problem(1500, 1, best, 3), { hidden, epochs: 12, random: seededRandom(2) });
    const held = problem(500, 3, best, 3);
    const hits = held.filter(({ context, right }) => policy.best(context) === right).length;
    assert.ok(hits / held.length > 0.9, `${hits} of ${held.length}`);
  });
}

test('a line cannot learn what no line divides', () => {
  const best = (x: number, y: number) => (x * y > 0 ? 1 : 0);
  const policy = reinforce(problem(1500, 1, best, 2), { hidden: 0, epochs: 12, random: seededRandom(2) });
  const held = problem(500, 3, best, 2);
  assert.ok(held.filter(({ context, right }) => policy.best(context) === right).length / held.length < 0.8);
});

test('softmax adds up to one and does not overflow; draw follows it', () => {
  const chances = softmax([1000, 1000 + Math.log(3), Number.NEGATIVE_INFINITY]);
  assert.deepEqual(
    [...chances].map((value) => value.toFixed(6)),
    ['0.250000', '0.750000', '0.000000'],
  );
  const random = seededRandom(5);
  const counts = [0, 0, 0];
  for (let i = 0; i < 4000; i++) counts[draw(chances, random())]!++;
  assert.equal(counts[2], 0);
  assert.ok(Math.abs(counts[1]! / 4000 - 0.75) < 0.03);
  assert.equal(draw([0.5, 0.5, 0], 1 - 1e-17), 1);
});

test('there must be something to learn from', () => {
  assert.throws(() => reinforce([], { hidden: 0, epochs: 1, random: Math.random }), RangeError);
});
