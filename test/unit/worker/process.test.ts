import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import { type Link, startProcess } from '../../../src/worker/process.ts';
import type { JobParams, SetupParams } from '../../../src/worker/protocol.ts';
import { root } from '../../toy/bundled.ts';

/** Whoever waits for a process is told of its end, however early or late that comes: nothing waits for ever. */

const never = new AbortController().signal;
const ignore = () => undefined;
const setup: SetupParams = { model: 'good', pool: [], policy: 'rule', threads: 1 };
const job = (prefix: string): JobParams => ({
  ...{ kind: 'complete', path: 'a.ts', language: 'typescript', prefix, suffix: '' },
  ...{ singleLine: false, maxTokens: 4 },
});

// A process that is left would keep this one, and the runner, waiting.
const links: Link[] = [];
afterEach(() => {
  for (const link of links.splice(0)) link.kill();
});

function started(modulePath = path.join(root, 'test/fakes/workerProgram.cjs')) {
  const ends: string[] = [];
  let ended: () => void = ignore;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const link = startProcess(
    { modulePath, log: ignore },
    {
      onEnd: (description) => {
        ends.push(description);
        ended();
      },
    },
  );
  links.push(link);
  return { link, ends, end };
}

test('one that is killed in the turn in which it was asked', async () => {
  const { link } = started();
  const waiting = link.setup(setup);
  const running = link.run(job('x'), never, ignore);
  const asked = link.ask.residentBytes();
  link.kill();
  await assert.rejects(waiting);
  const result = await running;
  assert.equal(result.type === 'failed' && result.reason, 'worker-died');
  assert.equal(await asked, undefined);
});

test('one that is gone already, asked and told as before', async () => {
  const { link, ends, end } = started();
  await link.setup(setup);
  const result = await link.run(job('die'), never, ignore);
  assert.equal(result.type === 'failed' && result.reason, 'worker-died');
  await end;
  assert.deepEqual(ends, ['exit status 3']);
  await assert.rejects(link.setup(setup));
  const again = await link.run(job('x'), never, ignore);
  assert.equal(again.type === 'failed' && again.reason, 'worker-died');
  assert.equal(await link.ask.index({ files: [] }), undefined);
  link.tell({ name: 'file', params: { path: 'a.ts', text: 'a' } });
  link.kill();
  link.kill();
});

test('one whose program cannot run', async () => {
  const { link, ends, end } = started(path.join(root, 'test/fakes/noProgram.cjs'));
  await assert.rejects(link.setup(setup));
  await end;
  assert.deepEqual(ends, ['exit status 1']);
});
