import assert from 'node:assert/strict';
import { execFile, execFileSync, fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createWorkerClient } from '../../src/worker/client.ts';
import type { CompleteParams, SetupParams } from '../../src/worker/protocol.ts';
import { openCompletionServer } from '../toy/completionServer.ts';

/** The worker as it is packed: what it leaves behind, whom it speaks to, and what it does when the machine does not do its part. */

const root = path.join(import.meta.dirname, '..', '..');
const program = path.join(root, 'dist/worker.js');
const setup: SetupParams = { model: 'tiny', pool: [], policy: 'rule', threads: 1 };
const never = new AbortController().signal;
const ignore = () => undefined;
const job = (prefix: string, maxTokens = 6): CompleteParams => ({
  ...{ kind: 'complete', path: 'a.ts', language: 'typescript', prefix, suffix: '' },
  ...{ singleLine: false, maxTokens },
});

const strace = spawnSync('strace', ['-V']).status === 0;

let top: string;
before(() => {
  top = mkdtempSync(path.join(tmpdir(), 'slipstream-trust-'));
});
after(() => rmSync(top, { recursive: true, force: true }));
const files = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).sort();

function client(lines: string[] = []) {
  return createWorkerClient({ modulePath: program, log: (line) => lines.push(line) });
}

describe('nothing leaks', () => {
  // In continuous integration a test that cannot run is a failure.
  const skip = process.platform !== 'linux' || (!strace && !process.env.CI) ? 'it needs strace' : false;

  test('a session asks no network, writes into its own folder alone, and logs nothing that was typed', {
    skip,
  }, () => {
    const home = path.join(top, 'home');
    const storage = path.join(top, 'storage');
    mkdirSync(home);
    const mark = 'wombatMarker';
    const trace = path.join(top, 'trace');
    const output = execFileSync(
      'strace',
      [
        ...['-f', '-qq', '-e', 'trace=network', '-o', trace, process.execPath, '--import', 'tsx'],
        ...[path.join(root, 'test/integration/privacyProgram.ts'), program, storage, mark],
      ],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, HOME: home, XDG_CACHE_HOME: '', XDG_CONFIG_HOME: '' },
      },
    );
    const { results, log } = JSON.parse(output) as { results: string[]; log: string[] };
    assert.deepEqual(results, ['ready', 'done', 'failed', 'failed']);
    const calls = readFileSync(trace, 'utf8').split('\n');
    // Pipes between processes of the same machine are sockets too.
    assert.ok(
      calls.some((line) => line.includes('AF_UNIX')),
      'nothing was traced',
    );
    assert.deepEqual(
      calls.filter((line) => /AF_INET|AF_NETLINK|AF_PACKET/.test(line)),
      [],
    );
    assert.deepEqual(files(home), []);
    assert.deepEqual(
      files(storage).filter((name) => !/^(costs|checked|learnt)\.json$/.test(name)),
      [],
    );
    for (const name of files(storage))
      assert.ok(!readFileSync(path.join(storage, name), 'utf8').includes(mark), name);
    assert.ok(log.length > 0);
    assert.deepEqual(
      log.filter((line) => line.includes(mark)),
      [],
    );
  });
});

describe('nobody is asked but the server that the user names', () => {
  const skip = process.platform !== 'linux' || (!strace && !process.env.CI) ? 'it needs strace' : false;

  test('a session with a server connects to it alone, and sends the text around the cursor and no other file', {
    skip,
  }, async () => {
    const server = await openCompletionServer({ answer: () => ['a', 'b'] });
    const trace = path.join(top, 'trace-server');
    const mark = 'wombatMarker';
    try {
      const { stdout } = await promisify(execFile)(
        'strace',
        [
          ...['-f', '-qq', '-e', 'trace=network', '-o', trace, process.execPath, '--import', 'tsx'],
          ...[
            path.join(root, 'test/integration/privacyProgram.ts'),
            program,
            path.join(top, 'storage-server'),
          ],
          ...[mark, server.url],
        ],
        { cwd: root },
      );
      const { results, log } = JSON.parse(stdout) as { results: string[]; log: string[] };
      assert.deepEqual(results, ['ready', 'done', 'failed', 'failed']);
      assert.ok(!log.some((line) => line.includes(mark)), log.join('\n'));
    } finally {
      await server.close();
    }
    const place = `sin_port=htons(${new URL(server.url).port}), sin_addr=inet_addr("127.0.0.1")`;
    const calls = readFileSync(trace, 'utf8').split('\n');
    const reached = calls.filter((line) => /(connect|sendto|sendmsg)\(.*AF_INET/.test(line));
    assert.ok(reached.length > 0, 'nothing was traced');
    assert.deepEqual(
      reached.filter((line) => !line.includes(place)),
      [],
    );
    assert.equal(server.requests.length, 1);
    const { text } = server.requests[0]!;
    assert.match(text, /const wombatMarker3 = /);
    // Neither the path, nor the open file, nor the file of the workspace, nor what was accepted.
    assert.doesNotMatch(text, /\.ts|wombatMarker[124]/);
  });
});

describe('nothing is lost', () => {
  for (const code of ['ENOSPC', 'EROFS']) {
    test(`where nothing can be written (${code}) it completes, says so, and leaves no half file`, async () => {
      const storage = path.join(top, code);
      mkdirSync(storage);
      const before = { ...process.env };
      process.env.DISK_FAULT = code;
      process.env.NODE_OPTIONS = `--require ${path.join(root, 'test/fakes/brokenDisk.cjs')}`;
      const lines: string[] = [];
      const worker = client(lines);
      try {
        const state = await worker.setup({ ...setup, storage, learnt: storage });
        assert.equal(state.kind, 'ready', JSON.stringify(state));
        assert.equal((await worker.run(job('const a = '), never, ignore)).type, 'done');
      } finally {
        worker.dispose();
        process.env = before;
      }
      assert.deepEqual(files(storage), []);
      const said = lines.filter((line) => /no space is left|read-only/.test(line));
      assert.ok(said.length >= 2, lines.join('\n'));
    });
  }

  test('two windows that start at once share their folder, and it stays whole', async () => {
    const storage = path.join(top, 'windows');
    const windows = [client(), client()];
    try {
      const states = await Promise.all(windows.map((one) => one.setup({ ...setup, storage })));
      assert.deepEqual(
        states.map(({ kind }) => kind),
        ['ready', 'ready'],
      );
      const results = await Promise.all(windows.map((one) => one.run(job('const a = '), never, ignore)));
      assert.deepEqual(
        results.map(({ type }) => type),
        ['done', 'done'],
      );
    } finally {
      for (const one of windows) one.dispose();
    }
    assert.deepEqual(files(storage), ['checked.json', 'costs.json']);
    for (const name of files(storage)) JSON.parse(readFileSync(path.join(storage, name), 'utf8'));
  });

  test('fifty files that are closed while it answers are forgotten, and both answers come', async () => {
    const worker = client();
    try {
      await worker.setup(setup);
      const names = Array.from({ length: 50 }, (_, i) => `f${i}.ts`);
      for (const name of names)
        worker.file({ path: name, text: `export const ${name[1]}Value = 1;\n`.repeat(40) });
      assert.equal((await worker.index({ files: [] }))?.texts, 50);
      const running = worker.run(job('export function ', 80), never, ignore);
      for (const name of names) worker.file({ path: name, text: null });
      assert.equal((await running).type, 'done');
      assert.equal((await worker.run(job('const b = '), never, ignore)).type, 'done');
      assert.equal((await worker.index({ files: [] }))?.texts, 0);
    } finally {
      worker.dispose();
    }
  });
});

describe('nothing hangs', () => {
  test('messages out of order, of no shape or of nobody are answered or passed over', async () => {
    const child = fork(program, [], { stdio: 'ignore' });
    const answers = new Map<
      unknown,
      { result?: { type?: string; reason?: string }; error?: { message: string } }
    >();
    child.on('message', (message: { id?: unknown }) => answers.set(message.id, message as never));
    const ask = async (id: number, method: string, params?: unknown) => {
      child.send({ jsonrpc: '2.0', id, method: `slipstream/${method}`, params });
      for (let i = 0; i < 1000 && !answers.has(id); i++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return answers.get(id);
    };
    try {
      // A job before its setup, an end of what never began, questions and notices of every wrong shape.
      assert.equal((await ask(1, 'job', { job: job('a'), progress: '1' }))?.result?.reason, 'not-ready');
      const noise: unknown[] = [
        null,
        0,
        'text',
        [],
        {},
        { jsonrpc: '2.0' },
        { jsonrpc: '2.0', id: 77, result: 1 },
      ];
      noise.push({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 1 } });
      for (const method of ['file', 'forget', 'accepted', 'feedback', 'warm', 'nobody']) {
        for (const params of [undefined, null, 7, [], {}, { path: 7 }, { paths: 'a' }]) {
          noise.push({ jsonrpc: '2.0', method: `slipstream/${method}`, params });
        }
      }
      for (const message of noise) child.send(message as never);
      assert.equal((await ask(2, 'job', { job: 7 }))?.result?.reason, 'bad-message');
      assert.ok((await ask(3, 'setup', { model: 5 }))?.error);
      assert.ok((await ask(4, 'nobody'))?.error);
      assert.ok((await ask(5, 'setup', setup))?.result, JSON.stringify(answers.get(5)));
      assert.equal((await ask(6, 'job', { job: job('const a = '), progress: '1' }))?.result?.type, 'done');
    } finally {
      child.kill('SIGKILL');
    }
  });
});
