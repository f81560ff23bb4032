import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { passMillis } from '../../../../src/engine/policy/costs.ts';
import { PassClock } from '../../../../src/engine/policy/passClock.ts';
import { toyCosts } from '../../../toy/logs.ts';
import { Random } from '../../../toy/random.ts';

const table = toyCosts.target;
const near = (actual: number, expected: number, share: number) =>
  assert.ok(Math.abs(actual - expected) <= share * expected, `${actual} instead of ${expected}`);

describe('the clock of passes', () => {
  test('says what was measured, of the next even width', () => {
    const clock = new PassClock(table);
    for (let rows = 1; rows <= 48; rows++) {
      const even = Math.max(2, rows + (rows % 2));
      for (const context of [0, 64, 640, 1280]) {
        assert.equal(
          clock.millis(rows, context),
          passMillis(table, even, context),
          `${rows} after ${context}`,
        );
      }
    }
    near(clock.millis(8, 500), passMillis(table, 8, 500), 0.05);
  });

  for (const factor of [1.8, 0.6, 5, 0.2]) {
    test(`follows a machine whose passes take ${factor} times as long`, () => {
      const clock = new PassClock(table);
      const random = new Random(1);
      for (let i = 0; i < 400; i++) {
        const rows = random.int(1, 2);
        clock.observe(rows, 300, factor * passMillis(table, 2, 320) * (0.9 + 0.2 * random.next()));
      }
      near(clock.millis(2, 300), factor * passMillis(table, 2, 320), 0.05);
    });
  }

  test('corrects narrow and wide passes apart', () => {
    const clock = new PassClock(table);
    for (let i = 0; i < 400; i++) clock.observe(16, 0, 2 * passMillis(table, 16, 0));
    near(clock.millis(16, 0), 2 * passMillis(table, 16, 0), 0.01);
    near(clock.millis(12, 0), 2 * passMillis(table, 12, 0), 0.01);
    assert.equal(clock.millis(2, 0), passMillis(table, 2, 0));
    assert.equal(clock.millis(48, 0), passMillis(table, 48, 0));
  });

  test('ignores passes that something else has disturbed', () => {
    const clock = new PassClock(table);
    for (let i = 0; i < 400; i++) clock.observe(2, 0, (i % 5 === 0 ? 40 : 1) * passMillis(table, 2, 0));
    near(clock.millis(2, 0), passMillis(table, 2, 0), 1e-9);
  });

  test('ignores what is no time, and widths that it does not know', () => {
    const clock = new PassClock(table);
    for (let i = 0; i < 50; i++) {
      for (const millis of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) clock.observe(2, 0, millis);
      clock.observe(500, 0, 3);
    }
    assert.equal(clock.millis(2, 0), passMillis(table, 2, 0));
  });
});
