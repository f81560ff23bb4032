import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LookupDraft } from '../../../../../src/engine/drafts/copying/lookup.ts';
import { Random } from '../../../../toy/random.ts';

const neverAborted = new AbortController().signal;

/** The rule, tried out: the longest of the last 4, 3, 2 tokens that stood before; what followed there last. */
function lookUp(text: readonly number[], limit: number): { tokens: readonly number[]; match: number } {
  for (let n = Math.min(4, text.length); n >= 2; n--) {
    const wanted = text.slice(-n).join();
    for (let start = text.length - n - 1; start >= 0; start--) {
      if (text.slice(start, start + n).join() === wanted) {
        return { tokens: text.slice(start + n, start + n + limit), match: n };
      }
    }
  }
  return { tokens: [], match: 0 };
}

describe('prompt lookup', () => {
  test('copies what followed the last words before', async () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const letters = random.int(1, 5);
      const some = (most: number) => random.list(random.int(0, most), () => random.int(0, letters));
      const text = [...some(20), 1];
      const session = new LookupDraft().open({ prompt: text, language: 'toy' });
      for (let round = 0; round < 10; round++) {
        const limit = random.int(1, 6);
        const expected = lookUp(text, limit);
        assert.deepEqual(
          (await session.propose(limit, neverAborted)).tokens,
          expected.tokens,
          `seed ${seed}`,
        );
        assert.equal(session.matchLength(), expected.match, `seed ${seed}`);
        const committed = some(4);
        session.commit(committed);
        text.push(...committed);
      }
    }
  });

  test('says nothing when one token alone was there before', async () => {
    const session = new LookupDraft().open({ prompt: [1, 2, 3, 1], language: 'toy' });
    assert.deepEqual((await session.propose(3, neverAborted)).tokens, []);
  });

  test('keeps requests apart', async () => {
    const draft = new LookupDraft();
    draft.open({ prompt: [1, 2, 3], language: 'toy' });
    const second = draft.open({ prompt: [1, 2], language: 'toy' });
    assert.deepEqual((await second.propose(3, neverAborted)).tokens, []);
  });
});
