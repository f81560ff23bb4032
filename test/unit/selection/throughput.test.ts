import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bestPlan, Rate } from '../../../src/selection/throughput.ts';
import { Random } from '../../toy/random.ts';

/** A falling survival curve and rising times of a round. */
function randomCase(random: Random) {
  let alive = 1;
  const survival = random.list(random.int(0, 12), () => {
    alive *= random.next();
    return alive;
  });
  let time = 0.5 + random.next();
  const times = random.list(survival.length + 1, () => {
    time += random.chance(0.5) ? 0 : 0.4 * random.next();
    return time;
  });
  return { survival, times };
}

const plansOf = ({ survival, times }: ReturnType<typeof randomCase>) =>
  times.map((millis, length) => ({
    length,
    millis,
    gain: 1 + survival.slice(0, length).reduce((sum, each) => sum + each, 0),
  }));

describe('the best plan', () => {
  test('is that of trying them all', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const some = randomCase(random);
      const price = 3 * random.next();
      const values = plansOf(some).map(({ gain, millis }) => gain - price * millis);
      const best = bestPlan(some.survival, (length) => some.times[length]!, price);
      const { length, gain, millis, value } = best;
      assert.ok(Math.abs(value - Math.max(...values)) < 1e-12, `seed ${seed}`);
      assert.ok(Math.abs(values[length]! - value) < 1e-12);
      assert.ok(Math.abs(gain - plansOf(some)[length]!.gain) < 1e-12);
      assert.equal(millis, some.times[length]);
    }
  });

  test('has the best ratio where the price is the ratio that is reached', () => {
    for (let seed = 0; seed < 500; seed++) {
      const some = randomCase(new Random(seed));
      const best = Math.max(...plansOf(some).map(({ gain, millis }) => gain / millis));
      const { gain, millis, value } = bestPlan(some.survival, (length) => some.times[length]!, best);
      assert.ok(Math.abs(value) < 1e-9, 'nothing is left when its time is paid');
      assert.ok(Math.abs(gain / millis - best) < 1e-9, `seed ${seed}: ${gain / millis} of ${best}`);
    }
  });

  test('comes to that ratio by going on from the one it reached, whatever it starts from', () => {
    for (let seed = 0; seed < 200; seed++) {
      const some = randomCase(new Random(seed));
      const best = Math.max(...plansOf(some).map(({ gain, millis }) => gain / millis));
      let price = 0.01;
      for (let turn = 0; turn < 20; turn++) {
        const { gain, millis } = bestPlan(some.survival, (length) => some.times[length]!, price);
        assert.ok(turn === 0 || gain / millis >= price - 1e-12, 'Dinkelbach never goes back');
        price = gain / millis;
      }
      assert.ok(Math.abs(price - best) < 1e-9);
    }
  });

  test('goes not so far where time is dearer', () => {
    for (let seed = 0; seed < 100; seed++) {
      const some = randomCase(new Random(seed));
      const lengths = [0, 0.2, 0.5, 1, 2, 5].map(
        (price) => bestPlan(some.survival, (length) => some.times[length]!, price).millis,
      );
      for (let i = 1; i < lengths.length; i++) assert.ok(lengths[i]! <= lengths[i - 1]!);
    }
  });

  test('of equal ones is the shortest', () => {
    assert.equal(bestPlan([0, 0], () => 1, 1).length, 0);
  });
});

describe('the rate', () => {
  test('comes to the ratio of sums, not to the mean of ratios', () => {
    const rate = new Rate(1, 1);
    const random = new Random(7);
    for (let i = 0; i < 20_000; i++) random.chance(0.5) ? rate.observe(1, 1) : rate.observe(8, 2);
    assert.ok(Math.abs(rate.value - 9 / 3) < 0.4, `${rate.value}`);
  });

  test('follows a change', () => {
    const rate = new Rate(2, 1);
    for (let i = 0; i < 300; i++) rate.observe(2, 4);
    assert.ok(Math.abs(rate.value - 0.5) < 0.01);
  });
});
