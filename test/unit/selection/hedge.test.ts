import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { AdaNormalHedge, FixedShareHedge, type Hedge } from '../../../src/selection/hedge.ts';

const EXPERTS = 8;
const ROUNDS = 2000;

/** Losses that are a little lower for one expert, which may change. @returns loss of the hedge, and of each expert. */
function play(hedge: Hedge, best: (t: number) => number, seed = 1) {
  const random = seededRandom(seed);
  let own = 0;
  const totals = new Float64Array(EXPERTS);
  let following = 0;
  for (let t = 0; t < ROUNDS; t++) {
    const losses = Float64Array.from(
      { length: EXPERTS },
      (_, i) => 0.8 * random() + (i === best(t) ? 0 : 0.2),
    );
    own += hedge.weights.reduce((sum, weight, i) => sum + weight * losses[i]!, 0);
    following += losses[best(t)]!;
    for (let i = 0; i < EXPERTS; i++) totals[i]! += losses[i]!;
    hedge.update(losses);
    const sum = hedge.weights.reduce((all, weight) => all + weight, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9 && hedge.weights.every((weight) => weight >= 0));
  }
  return { own, totals, following };
}

const sqrtRegret = Math.sqrt(ROUNDS * Math.log(EXPERTS));

test('AdaNormalHedge comes within √(T ln N) of the best expert, with no rate to choose', () => {
  const { own, totals } = play(new AdaNormalHedge(EXPERTS), () => 3);
  assert.ok(own - Math.min(...totals) < sqrtRegret, `${own - Math.min(...totals)} of ${sqrtRegret}`);
});

test('fixed share with the rate of its theorem comes within that too', () => {
  const rate = Math.sqrt((8 * Math.log(EXPERTS)) / ROUNDS);
  const { own, totals } = play(new FixedShareHedge(EXPERTS, { rate, share: 1 / ROUNDS }), () => 3);
  assert.ok(own - Math.min(...totals) < sqrtRegret);
});

test('fixed share follows a change that plain exponential weights cannot', () => {
  const change = (t: number) => (t < ROUNDS / 2 ? 1 : 6);
  const rate = 0.4;
  const shared = play(new FixedShareHedge(EXPERTS, { rate, share: 0.002 }), change);
  const stiff = play(new FixedShareHedge(EXPERTS, { rate, share: 0 }), change);
  assert.ok(shared.own < stiff.own - 20, `${shared.own} against ${stiff.own}`);
  assert.ok(shared.own - shared.following < 0.08 * ROUNDS);
});

test('AdaNormalHedge survives many rounds of extreme losses', () => {
  const hedge = new AdaNormalHedge(2);
  for (let t = 0; t < 100_000; t++) hedge.update([0, 1]);
  assert.ok(hedge.weights[0]! > 0.999 && Number.isFinite(hedge.weights[1]!));
});

test('an expert that sleeps keeps its standing and is judged by the rounds it was awake in', () => {
  for (const hedge of [new AdaNormalHedge(3), new FixedShareHedge(3, { rate: 0.3, share: 0 })]) {
    // Expert 2 is the best of all, but awake in every third round only.
    for (let t = 0; t < 600; t++) hedge.update([0.5, 0.8, 0.1], [1, 1, t % 3 === 0 ? 1 : 0]);
    assert.ok(hedge.weights[2]! > 0.9, String(hedge.weights));
  }
});

test('a round in which nobody was awake changes nothing', () => {
  const hedge = new AdaNormalHedge(2, [3, 1]);
  hedge.update([0, 1], [0, 0]);
  assert.deepEqual([...hedge.weights], [0.75, 0.25]);
});
