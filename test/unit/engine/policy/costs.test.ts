import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CostTable, draftMillis, passMillis, sliceWithin } from '../../../../src/engine/policy/costs.ts';

const times = {
  widths: [2, 4, 8],
  contexts: [100, 300],
  millis: [
    [1, 2, 3],
    [2, 4, 6],
  ],
};

describe('the cost table', () => {
  test('gives back what was measured and straight lines between', () => {
    assert.equal(passMillis(times, 4, 100), 2);
    assert.equal(passMillis(times, 3, 100), 1.5);
    assert.equal(passMillis(times, 6, 300), 5);
    assert.equal(passMillis(times, 4, 200), 3);
  });

  test('is level beyond the contexts and goes on beyond the widths', () => {
    assert.equal(passMillis(times, 8, 10), 3);
    assert.equal(passMillis(times, 8, 4000), 6);
    assert.equal(passMillis(times, 1, 100), 1);
    assert.equal(passMillis(times, 16, 100), 5);
  });

  test('charges a neural draft for guessing and catching up, and a copy for nothing', () => {
    const table: CostTable = { target: times, drafts: { small: { token: 0.5, catchUp: 0.1 } } };
    assert.equal(draftMillis(table, 'small', 4, 1), 2);
    assert.equal(draftMillis(table, 'small', 4, 11), 3);
    assert.equal(draftMillis(table, 'suffix', 4, 0), 0);
  });

  test('says how much of a prompt may be read at once: whole tiles, as many as the time allows', () => {
    const flat = { widths: [2, 64], contexts: [0, 100, 200], millis: [1, 2, 9].map((ms) => [ms, ms * 32]) };
    assert.equal(sliceWithin(flat, 64), 64);
    assert.equal(sliceWithin(flat, 63), 48);
    assert.equal(sliceWithin(flat, 34), 32);
    assert.equal(sliceWithin(flat, 1), 16);
  });
});
