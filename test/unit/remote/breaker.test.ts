import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker } from '../../../src/remote/breaker.ts';

/** When a server is left alone, and when it is tried again. */

const passing = { prospect: 'again' } as const;
function breaker(patience = 1_000) {
  const clock = { now: 0 };
  return { clock, it: new Breaker(patience, () => clock.now) };
}

test('three failures in a row leave the server alone, fewer do not', () => {
  const { it } = breaker();
  it.failed(passing);
  it.failed(passing);
  it.succeeded();
  it.failed(passing);
  it.failed(passing);
  assert.ok(it.admit() && !it.open);
  it.failed(passing);
  assert.ok(it.open && !it.admit());
});

test('after a while one request tries, and no second beside it; its success ends it', () => {
  const { it, clock } = breaker();
  for (let i = 0; i < 3; i++) it.failed(passing);
  clock.now = 9_999;
  assert.equal(it.admit(), false);
  clock.now = 10_000;
  assert.deepEqual([it.admit(), it.admit()], [true, false]);
  it.succeeded();
  assert.ok(it.admit() && it.admit() && !it.open);
});

test('the while grows as long as it fails, up to five minutes, and begins anew after a success', () => {
  const { it, clock } = breaker();
  for (let i = 0; i < 3; i++) it.failed(passing);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const from = clock.now;
    while (!it.admit()) clock.now += 1_000;
    waits.push((clock.now - from) / 1_000);
    it.failed(passing);
  }
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 300, 300, 300]);
  while (!it.admit()) clock.now += 1_000;
  it.succeeded();
  for (let i = 0; i < 3; i++) it.failed(passing);
  const from = clock.now;
  while (!it.admit()) clock.now += 1_000;
  assert.equal(clock.now - from, 10_000);
});

test('what somebody has to mend, and what the server itself asks for, count at once', () => {
  const key = breaker();
  key.it.failed({ prospect: 'lasting' });
  key.clock.now = 59_999;
  assert.equal(key.it.admit(), false);
  key.clock.now = 60_000;
  assert.equal(key.it.admit(), true);
  const busy = breaker();
  busy.it.failed({ prospect: 'again', retryAfter: 45_000 });
  busy.clock.now = 44_999;
  assert.equal(busy.it.admit(), false);
  busy.clock.now = 45_000;
  assert.equal(busy.it.admit(), true);
});

test('requests that are given up before the server has answered count by the time that they have cost', () => {
  const { it } = breaker(1_000);
  const typed = () => Array.from({ length: 5 }, () => it.dropped(250));
  assert.deepEqual(typed(), [false, false, false, true, false]);
  it.succeeded();
  // An answer in between: the server is only not waited for.
  it.dropped(900);
  it.succeeded();
  assert.equal(it.dropped(900), false);
  for (let i = 0; i < 12; i++) it.dropped(250);
  assert.ok(it.open);
});

test('one who tries and is given up lets the next try', () => {
  const { it, clock } = breaker();
  for (let i = 0; i < 3; i++) it.failed(passing);
  clock.now = 10_000;
  assert.ok(it.admit());
  assert.equal(it.dropped(10), false);
  assert.ok(it.admit() && it.open);
});
