import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bitsOf, editSimilarity, insideWord, lineIsRight, sameLines } from '../../../bench/textScores.ts';
import { bootstrap } from '../../../src/measure/statistics.ts';

describe('scores of a text against the one a person wrote', () => {
  test('a line is right when it is the same up to the blanks at its end', () => {
    assert.ok(lineIsRight('return a;  \nmore', 'return a;'));
    assert.ok(lineIsRight('return a;', 'return a;\nnext'));
    assert.ok(!lineIsRight('return a', 'return a;'));
    assert.ok(!lineIsRight(' return a;', 'return a;'));
  });

  test('similarity is one less the edits over the length', () => {
    assert.equal(editSimilarity('', ''), 1);
    assert.equal(editSimilarity('abc', ''), 0);
    assert.equal(editSimilarity('kitten', 'sitting'), 1 - 3 / 7);
    assert.equal(editSimilarity('same', 'same'), 1);
  });

  test('as many lines are compared as were written', () => {
    assert.equal(sameLines('a\nb\nc', 'x\ny\n'), 'a\nb');
    assert.equal(sameLines('a', 'x\ny'), 'a');
  });

  test('a token costs as many bits as its chance halves one', () => {
    assert.ok(Math.abs(bitsOf(new Float32Array(8), 3) - 3) < 1e-12);
    // A quarter for one of three, however large the logits are.
    const logits = [1000, 1000 + Math.log(2), 1000];
    assert.ok(Math.abs(bitsOf(logits, 0) - 2) < 1e-9);
    assert.ok(Math.abs(bitsOf(logits, 1) - 1) < 1e-9);
  });

  test('a cursor is inside a word with letters on both sides', () => {
    assert.ok(insideWord('const val', 'ue = 1'));
    assert.ok(insideWord('größ', 'er'));
    assert.ok(!insideWord('const ', 'value'));
    assert.ok(!insideWord('value', '.x'));
    assert.ok(!insideWord('', 'x'));
  });
});

describe('the bootstrap', () => {
  test('gives the figure of all items and bounds around it, the same each time', () => {
    const values = Array.from({ length: 100 }, (_, i) => Number(i % 4 === 0));
    const share = (places: ArrayLike<number>) => {
      let sum = 0;
      for (let i = 0; i < places.length; i++) sum += values[places[i]!]!;
      return sum / places.length;
    };
    const { value, low, high } = bootstrap(100, share);
    assert.equal(value, 0.25);
    // Of a share of a quarter in 100 the standard error is 0.043.
    assert.ok(low > 0.13 && low < 0.2 && high > 0.3 && high < 0.37, `${low} ${high}`);
    assert.deepEqual(bootstrap(100, share), { value, low, high });
  });
});
