import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Acceptance } from '../../../src/engine/policy/acceptance.ts';
import { type CostTable, draftMillis, passMillis } from '../../../src/engine/policy/costs.ts';
import { Random } from '../../toy/random.ts';

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
});

describe('acceptance counts', () => {
  test('start from assumptions that rise with the match', () => {
    const acceptance = new Acceptance();
    assert.ok(acceptance.rates('suffix', 8)(0) > acceptance.rates('suffix', 1)(0));
    for (const match of [0, 1, 5, 100]) {
      for (const place of [0, 1, 30]) {
        const rate = acceptance.rates('suffix', match)(place);
        assert.ok(rate > 0 && rate < 1);
      }
    }
  });

  test('come to what is seen, each cell by itself', () => {
    const acceptance = new Acceptance();
    const random = new Random(4);
    for (let i = 0; i < 3000; i++) acceptance.observe('suffix', 8, 1, random.chance(0.9) ? 1 : 0);
    for (let i = 0; i < 3000; i++) acceptance.observe('suffix', 1, 1, random.chance(0.1) ? 1 : 0);
    assert.ok(Math.abs(acceptance.rates('suffix', 8)(0) - 0.9) < 0.08);
    assert.ok(Math.abs(acceptance.rates('suffix', 1)(0) - 0.1) < 0.08);
    assert.equal(acceptance.rates('lookup', 8)(0), new Acceptance().rates('lookup', 8)(0));
  });

  test('say nothing about tokens behind the first wrong one', () => {
    const acceptance = new Acceptance();
    const before = acceptance.rates('suffix', 4)(3);
    acceptance.observe('suffix', 4, 8, 2);
    assert.equal(acceptance.rates('suffix', 4)(3), before);
    assert.ok(acceptance.rates('suffix', 4)(2) < new Acceptance().rates('suffix', 4)(2));
  });

  test('follow a change', () => {
    const acceptance = new Acceptance();
    for (let i = 0; i < 5000; i++) acceptance.observe('suffix', 4, 1, 1);
    for (let i = 0; i < 1500; i++) acceptance.observe('suffix', 4, 1, 0);
    assert.ok(acceptance.rates('suffix', 4)(0) < 0.1);
  });
});
