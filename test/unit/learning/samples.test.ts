import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import { timesOf } from '../../../src/learning/replay.ts';
import { sample } from '../../../src/learning/samples.ts';
import { toyHeader, toyRecord } from '../../toy/logs.ts';

const kinds = Array.from({ length: 40 }, (_, token) => token % 11);
const path = Array.from({ length: 12 }, (_, at) => at + 1);
const header = toyHeader(['suffix', 'ngram']);
const times = timesOf(header);
const never = () => 1;
const always = () => 0;

/** A draft that knows the text further than it was recorded. */
const knowing = (at: number) => ({ match: 5, tokens: Array.from({ length: 20 }, (_, i) => at + 1 + i) });
const wrong = () => ({ tokens: [39, 39] });
const everyUse = { ...noDraft, uses: () => true };

describe('samples', () => {
  test('are one for each draft that says something, at every position where the policy stands', () => {
    const silentAtOdd = (at: number) => (at % 2 ? { tokens: [] } : wrong());
    const record = toyRecord({ path, says: { suffix: knowing, ngram: silentAtOdd } }, kinds);
    const plain = sample([record], everyUse, { arms: header.arms, times, random: never });
    assert.equal(plain.length, 12 + 6);
    const fast = sample(
      [record],
      { ...fixedDraft('suffix', 3), uses: () => true },
      { arms: header.arms, times, random: never },
    );
    // Four tokens a round: at 0, 4 and 8, all of them even.
    assert.equal(fast.length, 2 * 3);
  });

  test('make the round plain now and then, so that all positions are seen', () => {
    const record = toyRecord({ path, says: { suffix: knowing } }, kinds);
    const plain = sample(
      [record],
      { ...fixedDraft('suffix', 3), uses: () => true },
      { arms: header.arms, times, random: always },
    );
    assert.equal(plain.length, 12);
  });

  test('do not call wrong what goes beyond the end of the path', () => {
    const record = toyRecord({ path, says: { suffix: knowing } }, kinds);
    for (const [at, { said, right }] of sample([record], everyUse, {
      arms: header.arms,
      times,
      random: never,
    }).entries()) {
      assert.equal(right, 12 - at);
      assert.equal(said, right, `at ${at} a guess that nobody can judge is judged`);
    }
    const mistaken = toyRecord({ path, says: { suffix: wrong } }, kinds);
    const samples = sample([mistaken], everyUse, { arms: header.arms, times, random: never });
    assert.deepEqual(
      samples.map(({ right }) => right),
      new Array<number>(12).fill(0),
    );
    assert.deepEqual(
      samples.map(({ said }) => said),
      [...new Array<number>(11).fill(2), 1],
    );
  });

  test('are of those drafts that the policy uses', () => {
    const record = toyRecord({ path, says: { suffix: knowing, ngram: wrong } }, kinds);
    assert.equal(
      sample([record], fixedDraft('suffix', 3), { arms: header.arms, times, random: always }).length,
      12,
    );
  });
});
