import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CostDrift } from '../../../src/inference/costDrift.ts';
import { Random } from '../../toy/random.ts';

const table = { widths: [2, 32], contexts: [100], millis: [[2, 10]] };
const expected = (width: number) => 2 + ((width - 2) * 8) / 30;

test('passes that take what the table says, now and then much more, are no drift', () => {
  const random = new Random(1);
  const drift = new CostDrift(table);
  for (let i = 0; i < 5000; i++) {
    const width = random.int(2, 32);
    drift.record(width, 100, expected(width) * (random.chance(0.3) ? 5 : 1 + random.next() / 4));
  }
  assert.equal(drift.drifted, false);
  for (const ratio of drift.ratios) assert.ok(ratio !== undefined && ratio >= 1 && ratio < 1.3, `${ratio}`);
});

for (const factor of [0.5, 1.8]) {
  test(`passes that take ${factor} times as long for long are a drift, also if only wide ones do`, () => {
    const drift = new CostDrift(table);
    for (let i = 0; i < 140; i++) {
      drift.record(2, 100, 2);
      drift.record(24, 100, factor * expected(24));
    }
    assert.equal(drift.drifted, false, 'not for long yet');
    for (let i = 0; i < 10; i++) drift.record(24, 100, factor * expected(24));
    assert.equal(drift.drifted, true);
  });
}

test('a time that is over is forgotten', () => {
  const drift = new CostDrift(table);
  for (let i = 0; i < 500; i++) drift.record(2, 100, 6);
  assert.equal(drift.drifted, true);
  for (let i = 0; i < 50; i++) drift.record(2, 100, 2);
  assert.equal(drift.drifted, false);
});
