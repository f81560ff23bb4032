import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delay, remainingDelay } from '../../../../src/editor/completion/debounce.ts';
import { Rhythm } from '../../../../src/editor/completion/rhythm.ts';
import type { CompletionContext } from '../../../../src/suggestion/context.ts';

const behind = (linePrefix: string, atOnce?: boolean) =>
  remainingDelay({ linePrefix } as CompletionContext, 100, 40, atOnce);

test('behind a bracket, a comma, a sign of assignment or at the start of a line there is no wait', () => {
  for (const prefix of ['', '  ', 'f(', 'a[', '{ ', 'a, ', 'x: ', 'x =', 'x => ', 'this.'])
    assert.equal(behind(prefix), 0, prefix);
  for (const prefix of ['wor', 'a = b', 'f()', 'x;', 'a > ', '"']) assert.equal(behind(prefix), 60, prefix);
});

test('where every place waits, these do too', () => {
  assert.equal(behind('f(', false), 60);
  assert.equal(behind('', false), 60);
});

test('a wait ends with its time, or at once when it is called off, and listens no more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const control = new AbortController();
  let listening = 0;
  const { signal } = control;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: unknown[]) => {
    listening++;
    Reflect.apply(addEventListener, signal, given);
  };
  signal.removeEventListener = (...given: unknown[]) => {
    listening--;
    Reflect.apply(removeEventListener, signal, given);
  };
  let ended = 0;
  const first = delay(80, signal).then(() => ended++);
  t.mock.timers.tick(79);
  await Promise.resolve();
  assert.deepEqual([ended, listening], [0, 1]);
  t.mock.timers.tick(1);
  await first;
  assert.equal(listening, 0);
  const second = delay(80, signal);
  control.abort();
  await second;
  assert.equal(listening, 0);
  await delay(80, signal);
  await delay(0, new AbortController().signal);
  await delay(-5, new AbortController().signal);
});

const after = (keys: number[], answers: number[]) => {
  const rhythm = new Rhythm();
  for (const at of keys) rhythm.key(at);
  for (const millis of answers) rhythm.answered(millis);
  return rhythm;
};
const every = (gap: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => from + i * gap);
const slow = [400, 400, 400, 400, 400];

test('five gaps and five answers are known, four are not', () => {
  assert.equal(after(every(100, 6), slow).wait('balanced', 15), 120);
  assert.equal(after(every(100, 5), slow).wait('balanced', 15), 15);
  assert.equal(after(every(100, 6), slow.slice(1)).wait('balanced', 15), 15);
});

test('a pause, or keys at the same time or out of order, leave the rhythm as it was', () => {
  const rhythm = after(every(100, 6), slow);
  rhythm.key(5_000);
  rhythm.key(5_000);
  rhythm.key(4_900);
  assert.equal(rhythm.wait('balanced', 15), 120);
});

test('the rhythm follows who types faster, and the wait goes when answers become quick', () => {
  const rhythm = after(every(300, 8), slow);
  assert.equal(rhythm.wait('balanced', 15), 350);
  for (const at of every(50, 30, 10_000)) rhythm.key(at);
  const wait = rhythm.wait('balanced', 15);
  assert.ok(wait > 60 && wait < 63, String(wait));
  for (let i = 0; i < 30; i++) rhythm.answered(10);
  assert.equal(rhythm.wait('balanced', 15), 15);
});

test('a longer wait that the user has set is never cut, save where nobody waits', () => {
  const rhythm = after(every(100, 6), slow);
  assert.equal(rhythm.wait('balanced', 2_000), 2_000);
  assert.equal(rhythm.wait('manual', 2_000), 2_000);
  assert.equal(rhythm.wait('quiet', 2_000), 2_000);
  assert.equal(rhythm.wait('eager', 2_000), 0);
});
