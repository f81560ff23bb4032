import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import type { Pipeline } from '../../../src/inference/pipeline.ts';
import { PassTimes } from '../../../src/worker/passTimes.ts';

const RESTED = 30_000;
beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

/** Times of passes of a pipeline whose table lacks the longer contexts, or lacks none. */
function watching({ partial = true, replaced = true } = {}) {
  const target = {
    contextLength: 64,
    length: 0,
    onPass: undefined as unknown,
    truncate(length: number) {
      this.length = length;
    },
    async score(tokens: readonly number[]) {
      this.length += tokens.length;
    },
  };
  const contexts = partial ? [0] : [0, 8, 16, 32, 48];
  const costs = { target: { widths: [2], contexts, millis: contexts.map(() => [1]) }, drafts: {} };
  const folder = { graph: 'model.onnx' };
  const pipeline = {
    ...{ target, costs, folder },
    loaded: { provider: 'cpu', threads: 2 },
  } as unknown as Pipeline;
  const idle: ((signal: AbortSignal) => Promise<void>)[] = [];
  const used: Pipeline[] = [];
  const kept: string[] = [];
  const logged: string[] = [];
  const times = new PassTimes({
    pipeline: async () => pipeline,
    replace: async (before, measured) => {
      assert.equal(before, pipeline);
      if (replaced) used.push(measured);
      return replaced;
    },
    kept: () => ({ renew: async (graph: string) => void kept.push(graph) }) as never,
    whenIdle: (work) => void idle.push(work),
    log: (line) => void logged.push(line),
  });
  times.watch(pipeline);
  return { times, idle, used, kept, logged, target };
}

test('a table that lacks contexts is made whole when nobody has asked for a while, used and kept', async () => {
  const { times, idle, used, kept, logged, target } = watching();
  times.jobEnded();
  mock.timers.tick(RESTED);
  assert.equal(idle.length, 1);
  await idle[0]!(new AbortController().signal);
  assert.deepEqual([used.length, kept], [1, ['model.onnx']]);
  assert.match(logged.join(), /long texts/);
  assert.equal(typeof target.onPass, 'function');
  times.jobEnded();
  mock.timers.tick(RESTED);
  assert.equal(idle.length, 1, 'nothing is lacking any more');
});

test('nothing is measured where nothing is lacking, nor after the models were taken into use again', () => {
  const whole = watching({ partial: false });
  whole.times.jobEnded();
  mock.timers.tick(RESTED);
  assert.equal(whole.idle.length, 0);
  const stopped = watching();
  stopped.times.jobEnded();
  stopped.times.stop();
  mock.timers.tick(RESTED);
  assert.equal(stopped.idle.length, 0);
});

test('times of models that are gone by then, and those that somebody interrupts, are not kept', async () => {
  const gone = watching({ replaced: false });
  const interrupted = watching();
  for (const { times, idle } of [gone, interrupted]) {
    times.jobEnded();
    mock.timers.tick(RESTED);
    assert.equal(idle.length, 1);
  }
  await gone.idle[0]!(new AbortController().signal);
  await interrupted.idle[0]!(AbortSignal.abort());
  for (const { kept, logged } of [gone, interrupted]) assert.deepEqual([kept, logged], [[], []]);
  assert.equal(interrupted.used.length, 0);
});
