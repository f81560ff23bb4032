import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPartial, measureTarget } from '../../../src/runtime/measureCosts.ts';
import { markov } from '../../toy/markov.ts';
import { ToyTarget } from '../../toy/target.ts';

const CONTEXT = 800;

/** A target whose passes take a while. */
function slowTarget(millis: number): ToyTarget {
  const target = new ToyTarget(markov(1, 128, 1), CONTEXT);
  target.afterPass = () => {
    for (const from = performance.now(); performance.now() - from < millis; );
  };
  return target;
}

test('passes are timed behind a short, a middling and a long text, and nothing is held afterwards', async () => {
  const target = slowTarget(0);
  const times = await measureTarget(target, 60_000);
  assert.equal(times.contexts.length, 3);
  assert.ok(times.contexts.every((context, i) => i === 0 || context > times.contexts[i - 1]!));
  assert.ok(times.millis.every((row) => row.length === times.widths.length));
  assert.equal(isPartial(times), false);
  assert.equal(target.length, 0);
});

test('longer texts are left for later where the time does not suffice', async () => {
  const times = await measureTarget(slowTarget(2), 1);
  assert.equal(times.contexts.length, 1);
  assert.equal(times.millis.length, 1);
  assert.ok(isPartial(times));
});

test('measuring ends a pass after it was told to', async () => {
  const target = slowTarget(0);
  const stop = new AbortController();
  target.afterPass = () => {
    if (target.passes.length === 5) stop.abort();
  };
  await assert.rejects(measureTarget(target, 60_000, stop.signal));
  assert.equal(target.passes.length, 5);
});
