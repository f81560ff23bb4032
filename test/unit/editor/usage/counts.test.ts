import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, countJob, countsOf, newCounts } from '../../../../src/editor/usage/counts.ts';
import { fateOf, isKept } from '../../../../src/editor/usage/fate.ts';
import { Usage } from '../../../../src/editor/usage/usage.ts';
import type { JobResult } from '../../../../src/worker/protocol.ts';
import { fakeMemento } from '../../../fakes/log.ts';

const day = '2026-11-29';
const done = (text = 'a = 1'): JobResult => ({
  ...{ type: 'done', text, finish: 'stop', tokens: 10, rounds: 2, prefilled: 1 },
  ...{ drafted: 8, accepted: 7, millis: { prefill: 5, decode: 20 } },
  drafts: { suffix: { rounds: 2, drafted: 8, accepted: 7 } },
});

test('counts that somebody else left, or of another day, count as nothing', () => {
  const good = { ...newCounts(day), accepted: 3 };
  assert.equal(countsOf(good, day).accepted, 3);
  const { kept: _kept, ...lacking } = good;
  for (const bad of [
    undefined,
    null,
    'text',
    [],
    lacking,
    { ...good, day: '2026-11-28' },
    { ...good, jobs: '3' },
    { ...good, tokens: Number.NaN },
    { ...good, shown: { cache: null } },
    { ...good, kept: { 30: { still: 1 } } },
    { ...good, drafts: { python: { suffix: 1 } } },
  ])
    assert.deepEqual(countsOf(bad, day), newCounts(day), JSON.stringify(bad));
});

test('where the time of a token is not known, drafts save nothing; a job that ended early has no tokens', () => {
  const counts = newCounts(day);
  countJob(counts, 'go', done(), undefined);
  assert.deepEqual([counts.decodeMillis, counts.plainMillis], [20, 20]);
  countJob(counts, 'go', { type: 'failed', reason: 'x', message: 'No.' }, 6);
  countJob(counts, 'go', { type: 'cancelled', by: 'client', text: 'a' }, 6);
  assert.deepEqual([counts.jobs, counts.cancelled, counts.tokens, counts.plainMillis], [3, 2, 10, 20]);
});

test('drafts are summed over languages, and the counts of a language stay its own', () => {
  const counts = newCounts(day);
  countJob(counts, 'go', done(), 6);
  countJob(counts, 'go', done(), 6);
  countJob(counts, 'python', done(), 6);
  assert.deepEqual(chosen(counts), { suffix: { rounds: 6, drafted: 24, accepted: 21 } });
  assert.deepEqual(counts.drafts.python, { suffix: { rounds: 2, drafted: 8, accepted: 7 } });
  assert.deepEqual(counts.drafts.go, { suffix: { rounds: 4, drafted: 16, accepted: 14 } });
});

test('what happens after midnight is of the new day alone, and the old one is not kept', () => {
  const memento = fakeMemento();
  let today = day;
  const usage = new Usage(memento, () => today);
  usage.shown('new', 10);
  usage.ended('rejected');
  usage.kept(30, true);
  today = '2026-11-30';
  usage.ended('partly');
  usage.kept(30, false);
  usage.job('go', [], done(), 6);
  const { shown, rejected, partly, kept, jobs } = usage.counts;
  assert.deepEqual([shown, rejected, partly, jobs], [{}, 0, 1, 1]);
  assert.deepEqual(kept, { 30: { still: 0, looked: 1 } });
  assert.deepEqual(usage.times, [10], 'times are of the window, not of the day');
  usage.dispose();
  assert.equal((memento.get('usage') as { day: string }).day, '2026-11-30');
  assert.equal(new Usage(memento, () => day).counts.partly, 0);
});

test('many changes make one write, five seconds after the first; the end writes what is left', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const writes: number[] = [];
  const store = {
    get: () => undefined,
    update: async (_key: string, value: unknown) =>
      void writes.push((value as { accepted: number }).accepted),
  };
  const usage = new Usage(store, () => day);
  usage.accepted(1);
  t.mock.timers.tick(4_000);
  usage.accepted(1);
  assert.deepEqual(writes, []);
  t.mock.timers.tick(1_000);
  assert.deepEqual(writes, [2]);
  t.mock.timers.tick(60_000);
  usage.dispose();
  assert.deepEqual(writes, [2], 'nothing new, nothing written');
  usage.accepted(1);
  usage.dispose();
  usage.dispose();
  assert.deepEqual(writes, [2, 3]);
});

test('the last eight suggestions that hold something are remembered, the newest first, and 500 times', () => {
  const usage = new Usage(fakeMemento(), () => day);
  for (let i = 0; i < 10; i++) usage.job('go', [{ text: `t${i}`, draft: '' }], done(`t${i}`), 6);
  usage.job('go', [{ text: ' ', draft: '' }], done(' \n'), 6);
  usage.job('go', [], { type: 'cancelled', by: 'client', text: 'half' }, 6);
  assert.deepEqual(
    usage.made.map(({ result }) => result.text),
    ['t9', 't8', 't7', 't6', 't5', 't4', 't3', 't2'],
  );
  for (let i = 0; i < 502; i++) usage.shown('new', i);
  assert.deepEqual([usage.times.length, usage.times[0], usage.counts.shown], [500, 2, { new: 502 }]);
  usage.dispose();
});

test('the pieces that are remembered do not change when the writer goes on', () => {
  const usage = new Usage(fakeMemento(), () => day);
  const pieces = [{ text: 'a', draft: '' }];
  usage.job('go', pieces, done(), 6);
  pieces.push({ text: 'b', draft: '' });
  assert.equal(usage.made[0]!.pieces.length, 1);
  usage.dispose();
});

test('an edit that reaches over the cursor is judged by what it puts behind it', () => {
  const shown = { uri: 'a', offset: 10, text: 'foo(\n  bar)' };
  const fate = (offset: number, removed: number, inserted: string) =>
    fateOf(shown, { uri: 'a', offset, removed, inserted });
  assert.equal(fate(6, 4, 'let fo'), 'partly');
  assert.equal(fate(6, 4, 'let xx'), 'rejected');
  assert.equal(fate(6, 4, 'lets'), 'unrelated', 'nothing comes behind the cursor');
  assert.equal(fate(6, 3, 'let fo'), 'unrelated', 'it ends before the cursor');
  assert.equal(fate(10, 5, 'foo('), 'partly', 'it takes the rest of the line with it');
  assert.equal(fate(11, 0, 'x'), 'unrelated');
  assert.equal(fate(10, 0, 'foo(\n  bar) + 1'), 'rejected', 'more than was shown is something else');
  assert.equal(
    fateOf({ ...shown, text: '\n}' }, { uri: 'a', offset: 10, removed: 0, inserted: '\n' }),
    'partly',
  );
  assert.equal(
    fateOf({ ...shown, text: ' a' }, { uri: 'a', offset: 10, removed: 0, inserted: ' ' }),
    'typed',
  );
});

test('accepted text is gone when a letter of it is, and stays when only blanks changed', () => {
  assert.ok(isKept('x\r\n\tfoo(a,\r\n\tb)', 'foo(a,\n  b)\n'));
  assert.ok(!isKept('foo(a, c)', 'foo(a, b)'));
  assert.ok(!isKept('', 'foo'));
});
