import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ArmRun, oraclePath } from '../../../src/selection/oracle.ts';
import { Random } from '../../toy/random.ts';

interface Case {
  readonly positions: number;
  readonly runs: readonly (readonly ArmRun[])[];
  readonly millis: (arm: number, length: number, at: number) => number;
}

function randomCase(seed: number): Case {
  const random = new Random(seed);
  const positions = random.int(0, 7);
  const arms = random.int(0, 3);
  const runs = random.list(positions, () =>
    Array.from({ length: arms }, (_, arm) => ({ arm, steps: random.int(0, 4) })),
  );
  const table = random.list((arms + 1) * 6 * (positions + 1), () => 0.2 + random.next());
  const millis = (arm: number, length: number, at: number) =>
    table[((arm + 1) * 6 + length) * (positions + 1) + at]!;
  return { positions, runs, millis };
}

/** Least time from `at` on, by trying every arm at every length, those that fail included. */
function bruteForce({ positions, runs, millis }: Case, at = 0): number {
  if (at >= positions) return 0;
  const ways = [millis(-1, 0, at) + bruteForce({ positions, runs, millis }, at + 1)];
  for (const { arm, steps } of runs[at]!) {
    for (let length = 1; length <= 5; length++) {
      // What goes wrong brings no more than what went right before; it is never cheaper here than stopping there.
      if (length > steps) continue;
      ways.push(millis(arm, length, at) + bruteForce({ positions, runs, millis }, at + length + 1));
    }
  }
  return Math.min(...ways);
}

describe('the oracle', () => {
  test('takes as long as the best of all ways', () => {
    for (let seed = 0; seed < 400; seed++) {
      const some = randomCase(seed);
      const { millis } = oraclePath(some.positions, (at) => some.runs[at]!, some.millis);
      assert.ok(Math.abs(millis - bruteForce(some)) < 1e-9, `seed ${seed}`);
    }
  });

  test('names rounds that lead from the start to the end in that time', () => {
    for (let seed = 0; seed < 400; seed++) {
      const some = randomCase(seed);
      const { millis, rounds } = oraclePath(some.positions, (at) => some.runs[at]!, some.millis);
      let place = 0;
      let total = 0;
      for (const { at, arm, length } of rounds) {
        assert.equal(at, place);
        const known = some.runs[at]!.find((run) => run.arm === arm);
        assert.ok(arm === -1 ? length === 0 : length >= 1 && length <= known!.steps);
        total += some.millis(arm, length, at);
        place = at + length + 1;
      }
      assert.ok(place >= some.positions);
      assert.ok(Math.abs(total - millis) < 1e-9);
    }
  });

  test('looks ahead: it stops short where that leads to a better place', () => {
    // At 0 an arm could go 2 steps, to 3; at 2 it could go 5, to the end. Stopping after one step is faster.
    const steps = [2, 0, 5, 0, 0, 0, 0, 0];
    const { rounds } = oraclePath(
      8,
      (at) => [{ arm: 0, steps: steps[at]! }],
      () => 1,
    );
    assert.deepEqual(rounds, [
      { at: 0, arm: 0, length: 1 },
      { at: 2, arm: 0, length: 5 },
    ]);
  });

  test('goes plainly where arms are too slow', () => {
    const { rounds, millis } = oraclePath(
      3,
      () => [{ arm: 0, steps: 2 }],
      (arm) => (arm < 0 ? 1 : 10),
    );
    assert.equal(millis, 3);
    assert.ok(rounds.every(({ arm }) => arm === -1));
  });
});
