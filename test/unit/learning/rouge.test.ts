import assert from 'node:assert/strict';
import test from 'node:test';
import type { DraftSession } from '../../../src/engine/drafts/draft.ts';
import { ownOutput } from '../../../src/learning/ownOutput.ts';
import { longestCommonSubsequence, rougeL } from '../../../src/learning/rouge.ts';

test('the same text scores 1, nothing in common 0', () => {
  assert.equal(rougeL([1, 2, 3], [1, 2, 3]), 1);
  assert.equal(rougeL([1, 2, 3], [4, 5]), 0);
  assert.equal(rougeL([], [4, 5]), 0);
  assert.equal(rougeL([], []), 1);
});

test('ROUGE-L weighs precision and recall of the longest common subsequence alike', () => {
  // LCS of «police kill the gunman» and «police killed the gunman» is 3 of 4 words each (Lin, 2004, section 3).
  assert.equal(rougeL([1, 2, 3, 4], [1, 9, 3, 4]), 0.75);
  // «the gunman kill police» shares only two words in order.
  assert.equal(rougeL([3, 4, 2, 1], [1, 9, 3, 4]), 0.5);
  assert.equal(rougeL([1, 2], [1, 2, 3, 4, 5, 6]), (2 * 2) / 8);
});

test('the longest common subsequence is that of trying all subsequences', () => {
  const isWithin = (part: readonly number[], whole: readonly number[]) => {
    let at = 0;
    for (const token of whole) if (token === part[at]) at++;
    return at === part.length;
  };
  let state = 7;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state >> 16;
  };
  for (let turn = 0; turn < 50; turn++) {
    const a = Array.from({ length: next() % 9 }, () => next() % 3);
    const b = Array.from({ length: next() % 9 }, () => next() % 3);
    let best = 0;
    for (let mask = 0; mask < 1 << a.length; mask++) {
      const part = a.filter((_, i) => (mask >> i) & 1);
      if (part.length > best && isWithin(part, b)) best = part.length;
    }
    assert.equal(longestCommonSubsequence(a, b), best);
  }
});

test('a draft that is left alone goes on from its own words until it has none', async () => {
  const { signal } = new AbortController();
  const counting = (last: number): DraftSession => {
    let said = 0;
    return {
      commit: (tokens) => {
        said = tokens.at(-1)!;
      },
      matchLength: () => 0,
      behind: () => 0,
      propose: (limit) => ({
        tokens: Array.from({ length: Math.min(limit, last - said) }, (_, i) => said + i + 1),
      }),
    };
  };
  assert.deepEqual(await ownOutput(counting(100), 5, 2, signal), [1, 2, 3, 4, 5]);
  assert.deepEqual(await ownOutput(counting(3), 5, 2, signal), [1, 2, 3]);
});
