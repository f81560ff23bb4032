import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { canBind } from '../../../src/worker/boundToParent.ts';
import { createWorkerClient } from '../../../src/worker/client.ts';
import type { JobParams, SetupParams } from '../../../src/worker/protocol.ts';
import type { CompletionWorker } from '../../../src/worker/worker.ts';
import { root } from '../../toy/bundled.ts';

/** What befalls a process from outside, with a program that has no model: the service is there again within two seconds. */

const program = path.join(root, 'test/fakes/workerProgram.cjs');
const clients: CompletionWorker[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

const setup: SetupParams = { model: 'good', pool: [], policy: 'rule', threads: 1 };
const job = (prefix: string, suffix = ''): JobParams => ({
  ...{ kind: 'complete', path: 'a.ts', language: 'typescript', prefix, suffix },
  ...{ singleLine: false, maxTokens: 4 },
});
const never = new AbortController().signal;
const ignore = () => undefined;

async function started() {
  const lines: string[] = [];
  const client = createWorkerClient({ modulePath: program, log: (line) => lines.push(line) });
  clients.push(client);
  assert.equal((await client.setup(setup)).kind, 'ready');
  return { client, lines };
}

describe('a worker that meets with', () => {
  const stops = process.platform === 'linux' || process.platform === 'darwin';
  for (const [fault, prefix, skip] of [
    ['SIGSTOP', 'stop', !stops],
    ['an abort', 'abort', false],
    ['an end', 'die', false],
  ] as const) {
    test(`${fault} in an answer fails that by name and is there again`, { skip }, async (context) => {
      const { client } = await started();
      const delays: number[] = [];
      client.onDidChangeState((state) => state.kind === 'restarting' && delays.push(state.delay));
      const since = performance.now();
      const failed = await client.run(job(prefix), never, ignore);
      assert.equal(failed.type === 'failed' && failed.reason, 'worker-died');
      assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
      context.diagnostic(`restored after ${Math.round(performance.now() - since)} ms`);
      // One start, at once: all else that it takes is the machine's.
      assert.deepEqual(delays, [50]);
    });
  }

  describe('a true end of its memory', () => {
    const before = process.env.NODE_OPTIONS;
    beforeEach(() => {
      process.env.NODE_OPTIONS = '--max-old-space-size=16';
    });
    afterEach(() => {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    });

    test('fails the answer by name and is there again', async (context) => {
      const { client, lines } = await started();
      const since = performance.now();
      const failed = await client.run(job('memory'), never, ignore);
      assert.equal(failed.type === 'failed' && failed.reason, 'worker-died');
      assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
      context.diagnostic(`restored after ${Math.round(performance.now() - since)} ms`);
      assert.match(lines.join('\n'), /heap out of memory|Reached heap limit/);
    });

    test('while it loads is tried once more, then named, and a smaller model mends it', async () => {
      const { client } = await started();
      const failed = new Promise<string>((resolve) => {
        client.onDidChangeState((state) => state.kind === 'failed' && resolve(state.message));
      });
      void client.setup({ ...setup, model: 'hungry' });
      assert.match(await failed, /ended while it loaded the model \(.*, perhaps for want of memory\)/);
      assert.equal((await client.setup(setup)).kind, 'ready');
      assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
    });
  });

  test('anything on its line that is no answer goes on, and so does who asked', async () => {
    const { client, lines } = await started();
    const noise = [
      'null',
      '0',
      '"text"',
      '[]',
      '{}',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","id":999,"result":{}}',
      '{"jsonrpc":"2.0","id":null,"error":7}',
      '{"jsonrpc":"2.0","method":"slipstream/loading"}',
      '{"jsonrpc":"2.0","method":"slipstream/loading","params":{"part":"moon"}}',
      '{"jsonrpc":"2.0","method":"slipstream/resting","params":{"resting":"maybe"}}',
      '{"jsonrpc":"2.0","method":"nobody/knows","params":[1]}',
      '{"jsonrpc":"2.0","id":5,"method":"slipstream/setup","params":{}}',
      '{"jsonrpc":"2.0","method":"$/progress","params":{"token":"1","value":{"pieces":7}}}',
      '{"jsonrpc":"2.0","method":"$/progress","params":{"token":"77","value":{"pieces":[]}}}',
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}',
    ];
    const result = await client.run(job('noise', noise.join('\n')), never, ignore);
    assert.equal(result.type, 'done', JSON.stringify(result));
    assert.equal((await client.run(job('x'), never, ignore)).type, 'done');
    assert.equal(client.state.kind, 'ready');
    assert.ok(lines.some((line) => line.includes('do not understand each other')));
  });
});

describe('no process is left', () => {
  const alive = (pid: number) => {
    try {
      const state = execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' });
      return !state.startsWith('Z');
    } catch {
      return false;
    }
  };
  const gone = async (pid: number) => {
    for (let i = 0; i < 200 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    return !alive(pid);
  };
  const pidIn = (text: string) => Number(/pid (\d+)/.exec(text)?.[1]);

  test('by a client that is disposed of in the middle of an answer', async () => {
    const { client, lines } = await started();
    const running = client.run(job('wait'), never, ignore);
    const waiting = client.run(job('pid'), never, ignore);
    await waiting;
    const pid = pidIn(lines.join('\n'));
    assert.ok(alive(pid));
    client.dispose();
    assert.notEqual((await running).type, 'done');
    assert.ok(await gone(pid), 'the worker is still there');
  });

  const killed = async (what: 'wait' | 'hang', begun: RegExp) => {
    const editor = spawn(
      process.execPath,
      ['--import', 'tsx', path.join(root, 'test/unit/worker/editorProgram.ts'), program, what],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const said = await new Promise<string>((resolve) => {
      let text = '';
      editor.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (/pid \d+/.test(text) && begun.test(text)) resolve(text);
      });
    });
    const pid = pidIn(said);
    assert.ok(alive(pid));
    editor.kill('SIGKILL');
    const left = !(await gone(pid));
    if (left) process.kill(pid, 'SIGKILL');
    assert.ok(!left, 'the worker is still there');
  };

  test(
    'by an editor that is killed in the middle of an answer',
    {
      skip: process.platform === 'win32',
    },
    () => killed('wait', /it begins/),
  );

  test(
    'by one that is killed while the worker hangs and hears nothing',
    {
      skip: canBind() ? false : 'this system cannot be told to end a process with its parent',
    },
    () => killed('hang', /it hangs/),
  );
});
