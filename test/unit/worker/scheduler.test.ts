import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Scheduler } from '../../../src/worker/scheduler.ts';

const never = new AbortController().signal;

/** A job that runs until its signal is aborted or `finish` is called, and tells what is going on. */
function longJob() {
  let finish: () => void = () => undefined;
  const state = { started: false, aborted: false, ended: false };
  const job = (signal: AbortSignal) => {
    state.started = true;
    return new Promise<string>((resolve) => {
      const end = (how: string) => () => {
        state.aborted = signal.aborted;
        state.ended = true;
        resolve(how);
      };
      finish = end('finished');
      signal.addEventListener('abort', end('aborted'));
      if (signal.aborted) end('aborted')();
    });
  };
  return { job, state, finish: () => finish() };
}

test('a job runs and its value comes back', async () => {
  const ran = await new Scheduler().run('automatic', never, async () => 7);
  assert.deepEqual(ran, { type: 'ran', value: 7, superseded: false });
});

test('a newer job ends the running one and starts only when that has ended', async () => {
  const scheduler = new Scheduler();
  const first = longJob();
  const running = scheduler.run('automatic', never, first.job);
  await turn();
  assert.equal(first.state.started, true);
  const next = scheduler.run('automatic', never, async () => first.state.ended);
  assert.deepEqual(await running, { type: 'ran', value: 'aborted', superseded: true });
  assert.deepEqual(await next, { type: 'ran', value: true, superseded: false });
});

test('of several that wait only the newest runs', async () => {
  const scheduler = new Scheduler();
  const first = longJob();
  const running = scheduler.run('automatic', never, first.job);
  await turn();
  let middleRan = false;
  const middle = scheduler.run('automatic', never, async () => {
    middleRan = true;
  });
  const last = scheduler.run('automatic', never, async () => 'last');
  await running;
  assert.deepEqual(await middle, { type: 'skipped', by: 'superseded' });
  assert.deepEqual(await last, { type: 'ran', value: 'last', superseded: false });
  assert.equal(middleRan, false);
});

test('typing does not end a job that was asked for by name', async () => {
  const scheduler = new Scheduler();
  const summary = longJob();
  const running = scheduler.run('explicit', never, summary.job);
  await turn();
  assert.deepEqual(await scheduler.run('automatic', never, async () => 1), { type: 'skipped', by: 'busy' });
  assert.equal(summary.state.ended, false);
  summary.finish();
  assert.deepEqual(await running, { type: 'ran', value: 'finished', superseded: false });
});

test('an explicit job ends an automatic and an explicit one', async () => {
  const scheduler = new Scheduler();
  for (const urgency of ['automatic', 'explicit'] as const) {
    const first = longJob();
    const running = scheduler.run(urgency, never, first.job);
    await turn();
    const next = await scheduler.run('explicit', never, async () => 'next');
    assert.equal((await running).type === 'ran' && first.state.aborted, true);
    assert.deepEqual(next, { type: 'ran', value: 'next', superseded: false });
  }
});

test('an idle job ends none but another idle one, and is ended by any', async () => {
  const scheduler = new Scheduler();
  for (const urgency of ['automatic', 'explicit'] as const) {
    const first = longJob();
    const running = scheduler.run(urgency, never, first.job);
    await turn();
    assert.deepEqual(await scheduler.run('idle', never, async () => 1), { type: 'skipped', by: 'busy' });
    first.finish();
    assert.equal((await running).type === 'ran' && first.state.aborted, false);
    for (const next of ['idle', urgency] as const) {
      const idle = longJob();
      const warming = scheduler.run('idle', never, idle.job);
      await turn();
      assert.deepEqual(await scheduler.run(next, never, async () => 2), {
        type: 'ran',
        value: 2,
        superseded: false,
      });
      assert.deepEqual(await warming, { type: 'ran', value: 'aborted', superseded: true });
    }
  }
});

test('an idle job does not take the place of one that waits', async () => {
  const scheduler = new Scheduler();
  const idle = longJob();
  const warming = scheduler.run('idle', never, idle.job);
  await turn();
  const waiting = scheduler.run('automatic', never, async () => 'typed');
  assert.deepEqual(await scheduler.run('idle', never, async () => 'late'), { type: 'skipped', by: 'busy' });
  assert.deepEqual(await waiting, { type: 'ran', value: 'typed', superseded: false });
  await warming;
});

test('a client that has gone while its job waited costs nothing', async () => {
  const scheduler = new Scheduler();
  const client = new AbortController();
  client.abort();
  let ran = false;
  const result = await scheduler.run('automatic', client.signal, async () => {
    ran = true;
  });
  assert.deepEqual(result, { type: 'skipped', by: 'client' });
  assert.equal(ran, false);
});

test('a client that goes ends its own job, which is not called superseded', async () => {
  const scheduler = new Scheduler();
  const client = new AbortController();
  const only = longJob();
  const running = scheduler.run('automatic', client.signal, only.job);
  await turn();
  client.abort();
  assert.deepEqual(await running, { type: 'ran', value: 'aborted', superseded: false });
});

test('a job that throws leaves the way free for the next', async () => {
  const scheduler = new Scheduler();
  await assert.rejects(
    scheduler.run('automatic', never, async () => {
      throw new Error('broken');
    }),
    /broken/,
  );
  assert.equal((await scheduler.run('automatic', never, async () => 1)).type, 'ran');
});
