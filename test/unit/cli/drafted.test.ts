import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftedBy } from '../../../src/cli/drafted.ts';

test('of a text it is said which draft wrote how much, the most first, and what the model wrote itself', () => {
  const drafts = {
    tiny: { rounds: 3, drafted: 9, accepted: 4 },
    suffix: { rounds: 2, drafted: 20, accepted: 11 },
    ngram: { rounds: 1, drafted: 1, accepted: 0 },
  };
  const ids = Array.from({ length: 20 }, (_, i) => i);
  assert.equal(draftedBy({ drafts, ids }), 'Tokens written by suffix 11, tiny 4, the model itself 5.');
  assert.equal(draftedBy({ drafts: {}, ids: [1] }), 'Tokens written by the model itself 1.');
});
