import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, countsOf } from '../../../../src/editor/usage/counts.ts';
import { fateOf, isKept } from '../../../../src/editor/usage/fate.ts';
import { Usage } from '../../../../src/editor/usage/usage.ts';
import type { JobResult } from '../../../../src/worker/protocol.ts';
import { fakeMemento } from '../../../fakes/log.ts';

const done: JobResult = {
  ...{ type: 'done', text: 'a = 1', finish: 'stop', tokens: 10, rounds: 2, prefilled: 1 },
  ...{ drafted: 8, accepted: 7, millis: { prefill: 5, decode: 20 } },
  drafts: { suffix: { rounds: 2, drafted: 8, accepted: 7 } },
};

test('a day is counted, kept without any text, and the next one begins anew', () => {
  const memento = fakeMemento();
  let day = '2026-11-29';
  const usage = new Usage(memento, () => day);
  usage.shown('cache', 3);
  usage.job('python', [{ text: 'a = 1', draft: 'suffix' }], done, 6);
  usage.job('python', [], { type: 'cancelled', by: 'client', text: 'a' }, 6);
  usage.accepted(5);
  usage.kept(30, true);
  usage.kept(30, false);
  usage.dispose();
  const kept = memento.get('usage');
  assert.ok(!JSON.stringify(kept).includes('a = 1'));
  const again = new Usage(memento, () => day).counts;
  assert.deepEqual([again.tokens, again.decodeMillis, again.plainMillis], [10, 20, 60]);
  assert.deepEqual([again.jobs, again.cancelled, again.accepted, again.characters], [2, 1, 1, 5]);
  assert.deepEqual(again.kept, { 30: { still: 1, looked: 2 } });
  assert.deepEqual(chosen(again), { suffix: { rounds: 2, drafted: 8, accepted: 7 } });
  day = '2026-11-30';
  assert.equal(usage.counts.tokens, 0);
  assert.equal(countsOf({ day, tokens: 'many' }, day).tokens, 0);
});

test('taken in part, typed, or turned down: by what the change puts there', () => {
  const shown = { uri: 'a', offset: 10, text: 'return value;' };
  const change = (inserted: string, offset = 10, removed = 0) =>
    fateOf(shown, { uri: 'a', offset, removed, inserted });
  assert.equal(change('r'), 'typed');
  assert.equal(change('return'), 'partly');
  assert.equal(change('x'), 'rejected');
  assert.equal(change('return value;'), 'unrelated');
  assert.equal(change('  return', 8, 2), 'partly');
  assert.equal(change('x', 3), 'unrelated');
  assert.equal(change(''), 'unrelated');
  assert.equal(fateOf(shown, { uri: 'b', offset: 10, removed: 0, inserted: 'x' }), 'unrelated');
});

test('accepted text is still there though it was indented anew', () => {
  assert.ok(isKept('if (a) {\n    return b;\n}', 'if (a) {\n  return b;'));
  assert.ok(!isKept('if (a) {\n    return c;\n}', 'return b;'));
});
