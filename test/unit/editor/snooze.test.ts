import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Snooze } from '../../../src/editor/snooze.ts';

test('a rest tells its minutes rounded up and ends by itself, which is told', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  let told = 0;
  const snooze = new Snooze(
    () => told++,
    () => now,
  );
  const pass = (millis: number) => {
    now += millis;
    t.mock.timers.tick(millis);
  };
  assert.equal(snooze.minutesLeft, 0);
  snooze.rest(5);
  assert.deepEqual([snooze.minutesLeft, told], [5, 1]);
  pass(60_001);
  assert.equal(snooze.minutesLeft, 4);
  pass(4 * 60_000 - 2);
  assert.deepEqual([snooze.minutesLeft, told], [1, 1]);
  pass(51);
  assert.deepEqual([snooze.minutesLeft, told], [0, 2]);
});

test('a second rest takes the place of the first, and waking ends it at once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let told = 0;
  const snooze = new Snooze(
    () => told++,
    () => 0,
  );
  snooze.rest(5);
  snooze.rest(60);
  t.mock.timers.tick(5 * 60_000 + 50);
  assert.deepEqual([snooze.minutesLeft, told], [60, 2], 'the first end is not told');
  snooze.rest(0);
  assert.deepEqual([snooze.minutesLeft, told], [0, 3]);
  snooze.rest(5);
  snooze.dispose();
  t.mock.timers.tick(24 * 60 * 60_000);
  assert.equal(told, 4, 'nothing is told when it is over');
});
