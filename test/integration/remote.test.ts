import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createWorkerClient } from '../../src/worker/client.ts';
import type { CompleteParams, SetupParams } from '../../src/worker/protocol.ts';
import type { CompletionWorker } from '../../src/worker/worker.ts';
import { type CompletionServer, openCompletionServer } from '../toy/completionServer.ts';

/** A server in the model's place, in the worker and on the command line as they are packed. */

const root = path.join(import.meta.dirname, '..', '..');
const never = new AbortController().signal;
const ignore = () => undefined;
const KEY = 'key-of-the-user';
const job = (prefix: string, more: Partial<CompleteParams> = {}): CompleteParams => ({
  ...{ kind: 'complete', path: 'a.ts', language: 'typescript', prefix, suffix: '' },
  ...{ singleLine: false, maxTokens: 6, ...more },
});

describe('the worker with a server', () => {
  const log: string[] = [];
  let server: CompletionServer;
  let worker: CompletionWorker;
  let remote: NonNullable<SetupParams['remote']>;
  const setup: SetupParams = { model: 'tiny', pool: [], policy: 'rule', threads: 1 };

  before(async () => {
    server = await openCompletionServer({
      answer: ({ prompt }) =>
        String(prompt).includes('endless')
          ? Array.from({ length: 100_000 }, (_, i) => `${i} `)
          : ['from', ' afar', ';'],
      fault: ({ prompt }) => (String(prompt).includes('breaks') ? { kind: 'cut', after: 2 } : undefined),
      pause: 2,
    });
    remote = { url: server.url, model: 'toy', key: KEY, fim: 'prefix', context: 8192, timeout: 60_000 };
    worker = createWorkerClient({
      modulePath: path.join(root, 'dist/worker.js'),
      log: (line) => log.push(line),
    });
    const state = await worker.setup({ ...setup, remote });
    assert.ok(state.kind === 'ready', JSON.stringify(state));
    assert.deepEqual(state.setup.server, { host: new URL(server.url).host, model: 'toy' });
    assert.doesNotMatch(JSON.stringify(state), new RegExp(KEY));
  });
  after(async () => {
    worker.dispose();
    await server.close();
  });

  test('has it write completions, piece by piece', async () => {
    let streamed = '';
    const result = await worker.run(job('const a = '), never, ({ pieces }) => {
      streamed += pieces.map(({ text }) => text).join('');
    });
    assert.ok(result.type === 'done', JSON.stringify(result));
    assert.deepEqual([result.text, streamed, result.finish], ['from afar;', 'from afar;', 'stop']);
    assert.deepEqual([result.server, result.rounds, result.drafts], [new URL(server.url).host, 0, {}]);
    assert.equal(server.requests.at(-1)!.headers.authorization, `Bearer ${KEY}`);
  });

  test('frees it when the editor gives a job up, or asks for another', async () => {
    const given = new AbortController();
    const first = worker.run(job('endless 1'), given.signal, () => given.abort());
    assert.equal((await first).type, 'cancelled');
    await server.idle();
    let begun: () => void = ignore;
    const running = new Promise<void>((done) => {
      begun = done;
    });
    const old = worker.run(job('endless 2'), never, () => begun());
    await running;
    const newer = await worker.run(job('const b = '), never, ignore);
    const superseded = await old;
    assert.deepEqual([superseded.type, 'by' in superseded && superseded.by], ['cancelled', 'superseded']);
    assert.equal(newer.type, 'done');
    await server.idle();
  });

  test('says so where an answer breaks off, and does not write it anew', async () => {
    let streamed = '';
    const result = await worker.run(job('breaks '), never, ({ pieces }) => {
      streamed += pieces.map(({ text }) => text).join('');
    });
    assert.deepEqual([result.type, 'reason' in result && result.reason], ['failed', 'remote-cut']);
    assert.equal(streamed, 'from afar');
  });

  test('does here what is measured, and what no server may see', async () => {
    const { length } = server.requests;
    for (const own of [job('const a = ', { policy: 'none' }), job('const a = ', { path: '.env' })]) {
      const result = await worker.run(own, never, ignore);
      assert.ok(result.type === 'done' && result.server === undefined, JSON.stringify(result));
    }
    assert.equal(server.requests.length, length);
  });

  test('answers with the model here when the server is gone, at once and for a while, and tells it', async () => {
    await server.close();
    for (let i = 0; i < 4; i++) {
      const result = await worker.run(job(`const c${i} = `), never, ignore);
      assert.ok(result.type === 'done' && result.server === undefined, JSON.stringify(result));
      assert.ok(result.text.length > 0);
    }
    const { state } = worker;
    assert.ok(state.kind === 'ready');
    assert.equal(state.server?.away?.reason, 'remote-unreachable');
    assert.match(state.server.away.message, /^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
  });

  test('has no log that holds the key', () => assert.doesNotMatch(log.join('\n'), new RegExp(KEY)));

  test('tells what is wrong with an address, and goes on without it', async () => {
    const state = await worker.setup({ ...setup, remote: { ...remote, url: 'http://llm.example' } });
    assert.ok(state.kind === 'ready');
    assert.equal(state.setup.server, undefined);
    assert.match(
      state.setup.problems.join(),
      /key for llm\.example is not sent.*The model of this machine is used\./s,
    );
    assert.doesNotMatch(JSON.stringify(state), new RegExp(KEY));
    assert.equal((await worker.run(job('const d = '), never, ignore)).type, 'done');
  });
});

describe('slipstream complete --remote', () => {
  let top: string;
  let server: CompletionServer;
  let file: string;
  before(async () => {
    top = mkdtempSync(path.join(tmpdir(), 'slipstream-remote-'));
    file = path.join(top, 'a.ts');
    writeFileSync(file, 'const apiKey = "AKIAQYLPMN5HFIQR7XYA";\nconst sum = add(\n');
    writeFileSync(path.join(top, '.env'), 'A=1\n');
    server = await openCompletionServer({
      answer: () => ['1, ', '2);', '\nconst more = 3;'],
      fault: ({ model }) => (model === 'other' ? { kind: 'status', status: 404 } : undefined),
    });
  });
  after(async () => {
    await server.close();
    rmSync(top, { recursive: true, force: true });
  });
  const run = async (...args: string[]) => {
    const env = { ...process.env, SLIPSTREAM_REMOTE_KEY: KEY };
    const line = [path.join(root, 'dist/cli.js'), 'complete', ...args];
    const done = await promisify(execFile)(process.execPath, line, { env }).catch((error: unknown) => error);
    const { code = 0, stdout, stderr } = done as { code?: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  };
  const at = ['--line', '2', '--column', '17'];

  test('prints what the editor would offer of what the server writes, without a model of this machine', async () => {
    const { code, stdout, stderr } = await run(
      file,
      ...at,
      '--remote',
      server.url,
      '--single-line',
      '--json',
    );
    assert.equal(code, 0, stderr);
    const { text, finish, server: host } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([text, finish, host], ['1, 2);', 'line', new URL(server.url).host]);
    const { headers, text: sent } = server.requests.at(-1)!;
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.match(sent, /const sum = add\(/);
    assert.doesNotMatch(sent, /AKIAQYLPMN5HFIQR7XYA/);
  });

  test('says what a server does wrong in a sentence, and sends nothing of a file that holds secrets', async () => {
    const failed = await run(file, ...at, '--remote', server.url, '--remote-model', 'other');
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /^slipstream: 127\.0\.0\.1:\d+ answers with 404: it has no completions there/,
    );
    assert.doesNotMatch(failed.stderr, new RegExp(KEY));
    const { length } = server.requests;
    const secret = await run(path.join(top, '.env'), '--line', '1', '--column', '4', '--remote', server.url);
    assert.equal(secret.code, 1);
    assert.equal(server.requests.length, length);
  });
});
