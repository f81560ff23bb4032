import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, DraftSession } from '../../../../src/engine/drafts/draft.ts';
import { guarded } from '../../../../src/engine/drafts/guarded.ts';
import { draftOf } from '../../../toy/drafts.ts';

const context = { prompt: [1, 2], language: 'toy' };
const signal = new AbortController().signal;
const boom = () => {
  throw new Error('boom');
};

/** A draft of which one part throws. */
function broken(part: keyof DraftSession | 'open'): Draft {
  const good = draftOf('frail', () => [7]);
  if (part === 'open') return { ...good, open: boom };
  return { ...good, open: (opened) => ({ ...good.open(opened), [part]: boom }) };
}

test('a good draft is let through', async () => {
  const session = guarded(
    draftOf('good', () => [7, 8], ['go']),
    boom,
  ).open(context);
  session.commit([3]);
  assert.deepEqual(await session.propose(2, signal), { tokens: [7, 8] });
});

for (const part of ['open', 'commit', 'matchLength', 'behind', 'propose'] as const) {
  test(`a draft that throws in ${part} falls silent for the request, and is told of once`, async () => {
    const errors: unknown[] = [];
    const draft = guarded(broken(part), (id, error) => errors.push([id, (error as Error).message]));
    const session = draft.open(context);
    for (let round = 0; round < 2; round++) {
      assert.equal(session.matchLength(), 0);
      assert.equal(session.behind(), 0);
      session.commit([3]);
      const { tokens } = await session.propose(2, signal);
      if (round === 1 || part !== 'propose') assert.deepEqual(tokens, []);
    }
    assert.deepEqual(errors, [['frail', 'boom']]);
  });
}

test('a promise that is rejected counts as a throw', async () => {
  const good = draftOf('frail', () => [7]);
  const rejecting: Draft = {
    ...good,
    open: (opened) => ({ ...good.open(opened), propose: () => Promise.reject(new Error('late')) }),
  };
  const errors: unknown[] = [];
  const session = guarded(rejecting, (_, error) => errors.push(error)).open(context);
  assert.deepEqual(await session.propose(2, signal), { tokens: [] });
  assert.equal(errors.length, 1);
});
