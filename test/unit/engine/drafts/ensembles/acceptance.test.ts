import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Acceptance } from '../../../../../src/engine/drafts/ensembles/acceptance.ts';
import { Random } from '../../../../toy/random.ts';

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
