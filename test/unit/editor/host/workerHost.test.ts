import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setupParamsOf, WorkerHost } from '../../../../src/editor/host/workerHost.ts';
import { readSettings } from '../../../../src/editor/settings/settings.ts';
import type { SetupParams, SetupResult } from '../../../../src/worker/protocol.ts';
import type { CompletionWorker, WorkerState } from '../../../../src/worker/worker.ts';
import { turn } from '../completion/fakeRun.ts';

const setup: SetupResult = {
  model: 'toy',
  because: 'as asked for',
  contextLength: 1,
  drafts: [],
  tasks: [],
  problems: [],
  notices: [],
  millis: 1,
};

/** A worker whose state the test sets. */
function fakeWorker() {
  const listeners = new Set<(state: WorkerState) => void>();
  const setups: SetupParams[] = [];
  const adjustments: SetupParams[] = [];
  let state: WorkerState = { kind: 'stopped' };
  const become = (next: WorkerState) => {
    state = next;
    for (const listener of [...listeners]) listener(next);
  };
  const worker: CompletionWorker = {
    get state() {
      return state;
    },
    onDidChangeState: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    setup: async (params) => {
      setups.push(params);
      become({ kind: 'loading' });
      return state;
    },
    adjust: async (params) => {
      adjustments.push(params);
      return state;
    },
    run: async () => ({ type: 'cancelled', by: 'client', text: '' }),
    file: () => {},
    forget: () => undefined,
    accepted: () => {},
    feedback: () => {},
    index: async () => undefined,
    warm: () => {},
    residentBytes: async () => undefined,
    restart: async () => {
      become({ kind: 'loading' });
      return state;
    },
    dispose: () => {},
  };
  return { worker, setups, adjustments, become };
}
const params = setupParamsOf(readSettings(() => undefined).settings);

test('the worker starts with the first request, once, and the request waits for it', async () => {
  const { worker, setups, become } = fakeWorker();
  const host = new WorkerHost(worker, params);
  assert.equal(setups.length, 0);
  const both = Promise.all([host.ready(), host.ready()]);
  await turn();
  assert.deepEqual(setups, [params]);
  become({ kind: 'restarting', attempt: 1, delay: 1 });
  become({ kind: 'ready', setup });
  assert.deepEqual(await both, [undefined, undefined]);
});

test('a worker that has failed gives its reason', async () => {
  const { worker, become } = fakeWorker();
  const host = new WorkerHost(worker, params);
  const answer = host.ready();
  become({ kind: 'failed', reason: 'model-missing', message: 'No model.' });
  assert.deepEqual(await answer, { reason: 'model-missing', message: 'No model.' });
});

test('only other settings load anew, and only a worker that runs', async () => {
  const { worker, setups } = fakeWorker();
  const host = new WorkerHost(worker, params);
  assert.equal(host.configure({ ...params, threads: 2 }), true);
  assert.equal(setups.length, 0, 'not started yet');
  host.start();
  assert.equal(setups[0]?.threads, 2);
  assert.equal(host.configure({ ...params, threads: 2 }), false);
  assert.equal(host.configure(params), true);
  assert.equal(setups.length, 2);
});

test('another pool or policy is used beside the model that is loaded', () => {
  const { worker, setups, adjustments } = fakeWorker();
  const host = new WorkerHost(worker, params);
  host.start();
  const other = { ...params, pool: ['suffix'], policy: 'rule' };
  assert.equal(host.configure(other), false, 'no text depends on it');
  assert.equal(host.configure(other), false);
  assert.deepEqual(adjustments, [other]);
  assert.deepEqual(setups, [params]);
  assert.equal(
    host.configure({ ...params, threads: 3 }),
    true,
    'with another setting everything is loaded anew',
  );
  assert.equal(adjustments.length, 1);
  assert.equal(setups.length, 2);
});
