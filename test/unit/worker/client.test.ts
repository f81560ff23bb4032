import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { createWorkerClient } from '../../../src/worker/client.ts';
import { waitAfter, waitAtStart } from '../../../src/worker/crashes.ts';
import type { JobParams, JobProgress, SetupParams } from '../../../src/worker/protocol.ts';
import type { CompletionWorker, WorkerState } from '../../../src/worker/worker.ts';
import { root } from '../../toy/bundled.ts';

/** The life of a worker process as the editor sees it, with a program that has no model. */

const program = path.join(root, 'test/fakes/workerProgram.cjs');
const clients: CompletionWorker[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

function start(modulePath = program) {
  const lines: string[] = [];
  const states: string[] = [];
  const client = createWorkerClient({ modulePath, log: (line) => lines.push(line) });
  clients.push(client);
  client.onDidChangeState(({ kind }) => states.push(kind));
  return { client, lines, states };
}

const setup = (model: string): SetupParams => ({ model, pool: [], policy: 'rule', threads: 1 });
const job = (prefix: string): JobParams => ({
  ...{ kind: 'complete', path: 'a.ts', language: 'typescript', prefix, suffix: '' },
  ...{ singleLine: false, maxTokens: 4 },
});
const never = new AbortController().signal;
const ignore = () => undefined;
const until = async (is: () => boolean) => {
  for (let i = 0; i < 1000 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(is());
};
const failure = (state: WorkerState) => (state.kind === 'failed' ? state : assert.fail(state.kind));

describe('a worker', () => {
  test('is started with its setup, and takes a job whose text comes in pieces', async () => {
    const { client, states } = start();
    assert.equal(client.state.kind, 'stopped');
    const state = await client.setup(setup('good'));
    assert.equal(state.kind === 'ready' && state.setup.model, 'good');
    assert.deepEqual(states, ['loading', 'ready']);
    const pieces: JobProgress[] = [];
    const result = await client.run(job('x'), never, (progress) => pieces.push(progress));
    assert.equal(result.type === 'done' && result.text, 'one');
    assert.deepEqual(pieces, [{ pieces: [{ text: 'one', draft: '' }] }]);
  });

  test('takes no job before it was set up, and says so', async () => {
    const { client } = start();
    const result = await client.run(job('x'), never, ignore);
    assert.deepEqual(result.type === 'failed' && result.reason, 'not-ready');
  });

  test('answers a job that was asked for while it loads, as soon as it has', async () => {
    const { client } = start();
    void client.setup(setup('good'));
    const result = await client.run(job('x'), never, ignore);
    assert.equal(result.type, 'done');
  });

  test('ends a job that is called off, and one that is called off before it began', async () => {
    const { client } = start();
    await client.setup(setup('good'));
    const abort = new AbortController();
    const running = client.run(job('wait'), abort.signal, ignore);
    setTimeout(() => abort.abort(), 50);
    assert.deepEqual(await running, { type: 'cancelled', by: 'client', text: '' });
    assert.deepEqual(await client.run(job('x'), abort.signal, ignore), {
      type: 'cancelled',
      by: 'client',
      text: '',
    });
  });

  test('that refuses its setup has failed with its sentence, and is not started again', async () => {
    const { client, lines } = start();
    const state = failure(await client.setup(setup('bad')));
    assert.deepEqual([state.reason, state.message], ['model-broken', 'The model cannot be used.']);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(lines.filter((line) => line.startsWith('setup')).length, 1);
    const result = await client.run(job('x'), never, ignore);
    assert.equal(result.type === 'failed' && result.reason, 'model-broken');
    assert.equal((await client.setup(setup('good'))).kind, 'ready');
  });

  test('uses other drafts in the same process', async () => {
    const { client, lines, states } = start();
    await client.setup(setup('good'));
    const state = await client.adjust({ ...setup('good'), pool: ['suffix'], policy: 'none' });
    assert.ok(state.kind === 'ready' && state.adjusted);
    assert.equal(state.setup.policy, 'none');
    assert.deepEqual(states, ['loading', 'ready', 'ready']);
    await until(() => lines.includes('adjust suffix none'));
    // A process that takes its place is set up with what holds now.
    await client.run(job('die'), never, ignore);
    await client.run(job('x'), never, ignore);
    assert.equal(lines.filter((line) => line === 'setup good').length, 2);
  });

  test('that cannot use other drafts, or is not there yet, is loaded anew with them', async () => {
    const { client, states } = start();
    const loaded = await client.adjust(setup('good'));
    assert.ok(loaded.kind === 'ready' && !loaded.adjusted);
    const state = await client.adjust({ ...setup('good'), policy: 'refuse' });
    assert.ok(state.kind === 'ready' && !state.adjusted);
    assert.deepEqual(states, ['loading', 'ready', 'loading', 'ready']);
  });

  test('that dies over other drafts is started again as any other', async () => {
    const { client, states } = start();
    await client.setup(setup('good'));
    await client.adjust({ ...setup('good'), policy: 'die' });
    assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
    assert.deepEqual(states, ['loading', 'ready', 'restarting', 'loading', 'ready']);
  });

  test('that answers with nonsense has failed', async () => {
    const { client } = start();
    assert.equal(failure(await client.setup(setup('deaf'))).reason, 'setup-failed');
  });

  test('answers a job with nonsense: the job has failed, and the worker goes on', async () => {
    const { client } = start();
    await client.setup(setup('good'));
    assert.equal((await client.run(job('nonsense'), never, ignore)).type, 'failed');
    assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
  });

  test('that dies in a job is started again with the files that are open, and answers the next', async () => {
    const { client, lines, states } = start();
    await client.setup(setup('good'));
    client.file({ path: 'a.ts', text: 'a' });
    client.file({ path: 'b.ts', text: 'b' });
    client.file({ path: 'c.ts', text: 'c' });
    client.file({ path: 'b.ts', text: null });
    client.forget({ paths: ['c.ts'] });
    const result = await client.run(job('die'), never, ignore);
    assert.equal(result.type === 'failed' && result.reason, 'worker-died');
    assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
    assert.deepEqual(states, ['loading', 'ready', 'restarting', 'loading', 'ready']);
    const second = lines.slice(lines.lastIndexOf('setup good'));
    await until(() => lines.slice(lines.lastIndexOf('setup good')).length >= 2 || second.length >= 2);
    const told = lines.slice(lines.lastIndexOf('setup good') + 1).filter((line) => line.startsWith('file'));
    assert.deepEqual(told, ['file {"path":"a.ts","text":"a"}']);
  });

  test('that dies whenever it is set up is given up, in a sentence; the next setup tries anew', async () => {
    const { client, states } = start();
    await client.setup(setup('ends'));
    await until(() => client.state.kind === 'failed');
    const { reason, message } = failure(client.state);
    assert.equal(reason, 'worker-crashes');
    assert.match(message, /ended as soon as it was started \(exit status 9\)\. See the log/);
    assert.deepEqual(states, ['loading', 'restarting', 'loading', 'failed']);
    assert.equal((await client.setup(setup('good'))).kind, 'ready');
  });

  test('that dies of the runtime’s library is not tried twice', async () => {
    const { client, states } = start();
    await client.setup(setup('library'));
    await until(() => client.state.kind === 'failed');
    assert.equal(failure(client.state).reason, 'runtime-unusable');
    assert.deepEqual(states, ['loading', 'failed']);
  });

  test('whose program is missing has failed with the file’s name', async () => {
    const { client } = start(path.join(root, 'nowhere/worker.js'));
    const { reason, message } = failure(await client.setup(setup('good')));
    assert.equal(reason, 'worker-missing');
    assert.match(message, /nowhere.*worker\.js, is missing\. Install the extension again/);
  });

  test('is told every notice and asked every question, but only when it is ready', async () => {
    const { client, lines } = start();
    client.accepted({ path: 'a.ts', text: 'early' });
    assert.equal(await client.residentBytes(), undefined);
    assert.equal(await client.index({ files: [] }), undefined);
    await client.setup(setup('good'));
    assert.equal(await client.residentBytes(), 1000);
    assert.equal((await client.index({ files: [] }))?.state, 'taken');
    client.accepted({ path: 'a.ts', text: 'late' });
    client.feedback({ verdict: 'good', language: 'go', drafts: { suffix: 2 } });
    client.warm({ path: 'a.ts', language: 'typescript', prefix: 'x', suffix: '', maxTokens: 4 });
    await until(() => lines.some((line) => line.startsWith('warm')));
    const heard = lines.filter((line) => /^(accepted|feedback)/.test(line));
    assert.deepEqual(heard, [
      'accepted {"path":"a.ts","text":"late"}',
      'feedback {"verdict":"good","language":"go","drafts":{"suffix":2}}',
    ]);
  });

  test('that rests is still ready, and says so', async () => {
    const { client } = start();
    await client.setup(setup('good'));
    client.file({ path: 'tired.ts', text: '' });
    await until(() => client.state.kind === 'ready' && client.state.resting === true);
  });

  test('is restarted by hand with the setup it had, and ends when it is disposed of', async () => {
    const { client, lines } = start();
    assert.equal((await client.restart()).kind, 'stopped');
    await client.setup(setup('good'));
    assert.equal((await client.restart()).kind, 'ready');
    assert.equal(lines.filter((line) => line === 'setup good').length, 2);
    client.dispose();
    assert.equal(client.state.kind, 'stopped');
    assert.equal((await client.run(job('x'), never, ignore)).type, 'failed');
  });
});

describe('waits between crashes', () => {
  test('grow, and end', () => {
    const waits = Array.from({ length: 6 }, (_, crashes) => waitAfter(crashes));
    assert.equal(waits.at(-1), undefined);
    const told = waits.slice(0, -1) as number[];
    assert.deepEqual(
      told,
      [...told].sort((a, b) => a - b),
    );
    assert.ok(told[0]! <= 100);
  });

  test('at the start there is one more try, and none where the library is the cause', () => {
    const crash = { description: 'exit status 1', loading: 'model' } as const;
    assert.equal(typeof waitAtStart(0, crash), 'number');
    assert.equal(waitAtStart(1, crash), undefined);
    assert.equal(waitAtStart(0, { ...crash, loading: 'library' }), undefined);
  });
});
