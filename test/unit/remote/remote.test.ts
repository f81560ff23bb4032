import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { proxiedFetch } from '../../../src/network/proxiedFetch.ts';
import { completeThere, type RemoteJob } from '../../../src/remote/remote.ts';
import { type ServerOptions, serverOf } from '../../../src/remote/server.ts';
import {
  type CompletionServer,
  type CompletionServerOptions,
  openCompletionServer,
} from '../../toy/completionServer.ts';

/** A request to a server of completions, over a real connection. */

const open: CompletionServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
const serve = async (options: Partial<CompletionServerOptions> = {}) => {
  const server = await openCompletionServer({ answer: () => ['a', ' = ', '1;'], ...options });
  open.push(server);
  return server;
};
const job: RemoteJob = { path: 'src/a.ts', prefix: 'const ', suffix: '', singleLine: false, maxTokens: 16 };
const patient = { model: 'toy', key: '', fim: 'prefix', context: 8192, timeout: 60_000 };

async function ask(
  { url }: { readonly url: string },
  given: Partial<RemoteJob> = {},
  options: Partial<ServerOptions> = {},
  signal = new AbortController().signal,
  onText: (text: string) => void = () => undefined,
) {
  const server = serverOf({ url, ...patient, ...options });
  return completeThere(
    server,
    { ...job, ...given },
    { fetch: proxiedFetch('direct'), signal, onText, random: () => 0 },
  );
}

/** A server that never stops by itself. */
const endless = { answer: () => Array.from({ length: 100_000 }, (_, i) => ` word${i}`), pause: 5 };

describe('an answer', () => {
  test('comes in pieces that make up the text', async () => {
    const server = await serve();
    const pieces: string[] = [];
    const end = await ask(server, {}, {}, undefined, (text) => pieces.push(text));
    assert.ok(end.type === 'done');
    assert.deepEqual([end.text, end.finish, end.pieces], ['a = 1;', 'stop', 3]);
    assert.deepEqual(pieces, ['a', ' = ', '1;']);
  });

  test('is asked for with fields that every server knows, greedily, and with the key where there is one', async () => {
    const server = await serve();
    await ask(server);
    const { body, headers } = server.requests[0]!;
    assert.deepEqual(body, { model: 'toy', prompt: 'const ', max_tokens: 16, temperature: 0, stream: true });
    assert.equal(headers.authorization, undefined);
    const sampling = { temperature: 0.5, topP: 0.9, seed: 3 };
    await ask(server, { singleLine: true, sampling }, { key: 'k', model: '' });
    const second = server.requests[1]!;
    assert.equal(second.headers.authorization, 'Bearer k');
    assert.deepEqual(second.body, {
      ...{
        prompt: 'const ',
        max_tokens: 16,
        temperature: 0.5,
        top_p: 0.9,
        seed: 3,
        stop: ['\n'],
        stream: true,
      },
    });
  });

  test('of one line ends with it, whatever the server goes on to say, and the server is freed', async () => {
    const server = await serve({ answer: () => ['a = 1;', '\r', '\nb', ...endless.answer()], pause: 1 });
    const end = await ask(server, { singleLine: true });
    assert.ok(end.type === 'done');
    assert.deepEqual([end.text, end.finish], ['a = 1;', 'line']);
    await server.idle();
    assert.ok(server.requests[0]!.freed !== undefined);
    assert.ok(server.requests[0]!.sent < 90_000);
  });

  test('ends before a mark that the server lets through', async () => {
    const server = await serve({ answer: () => ['a', ' <|end', 'oftext|>', 'nonsense'] });
    const end = await ask(server);
    assert.ok(end.type === 'done');
    assert.equal(end.text, 'a ');
  });

  test('that is longer than was asked for is not read on', async () => {
    const server = await serve({ answer: () => Array.from({ length: 5_000 }, () => 'x'.repeat(100)) });
    const end = await ask(server, { maxTokens: 2 });
    assert.ok(end.type === 'done');
    assert.equal(end.finish, 'length');
    assert.ok(end.text.length <= 300, `${end.text.length} characters`);
    await server.idle();
  });
});

describe('giving up', () => {
  test('in the middle of an answer closes the connection, and the server is free', async () => {
    const server = await serve(endless);
    const given = new AbortController();
    let pieces = 0;
    const end = await ask(server, {}, {}, given.signal, () => {
      if (++pieces === 3) given.abort();
    });
    assert.deepEqual(end, { type: 'cancelled', begun: true, waited: 0 });
    await server.idle();
    assert.ok(server.requests[0]!.freed !== undefined);
    assert.ok(server.requests[0]!.sent < 90_000);
  });

  test('before the first piece does so too, and says how long nothing came', async () => {
    const server = await serve({ fault: () => ({ kind: 'hang', after: 0 }) });
    const given = new AbortController();
    const ended = ask(server, {}, {}, given.signal);
    while (server.busy === 0 || server.requests.length === 0)
      await new Promise((done) => setTimeout(done, 5));
    given.abort();
    const end = await ended;
    assert.ok(end.type === 'cancelled' && !end.begun && end.waited > 0);
    await server.idle();
    assert.equal(server.requests.length, 1);
  });

  test('between two attempts sends nothing more', async () => {
    const given = new AbortController();
    const server = await serve({
      fault: () => {
        setImmediate(() => given.abort());
        return { kind: 'status', status: 500 };
      },
    });
    assert.equal((await ask(server, {}, {}, given.signal)).type, 'cancelled');
    assert.equal(server.requests.length, 1);
  });
});

describe('a failure', () => {
  const failureOf = async (...given: Parameters<typeof ask>) => {
    const end = await ask(...given);
    assert.ok(end.type === 'failed', JSON.stringify(end));
    return { ...end, reason: end.failure.reason, message: end.failure.message };
  };

  test('shows neither the key nor the text, though the server repeats both', async () => {
    for (const status of [400, 401, 403, 404, 422, 429, 500, 503]) {
      const headers = { 'retry-after': '99' };
      const server = await serve({ fault: () => ({ kind: 'status', status, headers }) });
      const end = await failureOf(server, { prefix: 'wombatMarker' }, { key: 'secret-key' });
      assert.doesNotMatch(JSON.stringify(end) + end.failure.stack, /wombatMarker|secret-key/);
      assert.match(end.message, new RegExp(`^127\\.0\\.0\\.1:\\d+ answers with ${status}`));
    }
  });

  test('names a server that asks for patience, and how much', async () => {
    const headers = { 'retry-after': new Date(Date.now() + 120_000).toUTCString() };
    const server = await serve({ fault: () => ({ kind: 'status', status: 429, headers }) });
    const end = await failureOf(server);
    assert.equal(end.reason, 'remote-busy');
    assert.ok(end.failure.retryAfter! > 30_000 && end.failure.retryAfter! <= 120_000);
    assert.equal(server.requests.length, 1);
  });

  test('is given for a server that is not there, after three attempts', async () => {
    const server = await serve();
    const { url } = server;
    await server.close();
    const end = await failureOf({ url });
    assert.equal(end.reason, 'remote-unreachable');
    assert.match(end.message, /cannot be reached \(ECONNREFUSED\)/);
  });

  test('is given for one that leads elsewhere, and nobody is asked there', async () => {
    const other = await serve();
    const headers = { location: `${other.url}/completions` };
    const server = await serve({ fault: () => ({ kind: 'status', status: 307, headers }) });
    assert.equal((await failureOf(server)).reason, 'remote-elsewhere');
    assert.deepEqual([server.requests.length, other.requests.length], [1, 0]);
  });

  test('is given for one that takes too long, before and in its answer', async () => {
    const slow = await serve({ fault: () => ({ kind: 'hang', after: 0 }) });
    assert.equal((await failureOf(slow, {}, { timeout: 50 })).reason, 'remote-slow');
    assert.equal(slow.requests.length <= 1, true);
    const stalls = await serve({ fault: () => ({ kind: 'hang', after: 2 }) });
    const server = { ...serverOf({ url: stalls.url, ...patient }), limits: { first: 60_000, next: 50 } };
    const signal = new AbortController().signal;
    const end = await completeThere(server, job, {
      fetch: proxiedFetch('direct'),
      signal,
      onText: () => undefined,
    });
    assert.ok(end.type === 'failed' && end.begun && end.failure.reason === 'remote-stalled');
    await stalls.idle();
  });
});

describe('what leaves', () => {
  test('holds no secret of the text, wherever it stands, and nothing of the file but the text around the cursor', async () => {
    const server = await serve();
    const secrets = [
      'AKIAQYLPMN5HFIQR7XYA',
      'ghp_k3Jd8sLq0ZmXw7Vb2NcR5tYu9HgF1aPe4BvD',
      'hunter2correcthorse9',
    ];
    const [aws, github, password] = secrets as [string, string, string];
    const places: Partial<RemoteJob>[] = [
      { prefix: `const id = "${aws}";\nconst x = ` },
      { prefix: 'const x = ', suffix: `;\nconst token = "${github}";\n` },
      { prefix: `password = "${password}"\nx = `, suffix: `\n# ${github}\n` },
      // The cursor stands in one.
      { prefix: `const token = "${github.slice(0, 20)}`, suffix: `${github.slice(20)}";\n` },
    ];
    for (const fim of ['prefix', 'suffix', 'qwen', 'codestral']) {
      for (const place of places) await ask(server, { ...place, path: 'wombat/private.ts' }, { fim });
    }
    assert.equal(server.requests.length, 16);
    for (const { text, headers } of server.requests) {
      const all = text + JSON.stringify(headers);
      for (const secret of secrets) {
        assert.ok(!all.includes(secret) && !all.includes(secret.slice(0, 12)), text);
      }
      assert.doesNotMatch(all, /wombat/);
    }
    assert.ok(
      server.requests.every(({ text }) => /x = |token = /.test(text)),
      'the rest is sent',
    );
  });

  test('is nothing of a file that holds secrets by its name', async () => {
    const server = await serve();
    for (const path of ['.env', 'app/.env.local', 'keys/id_rsa', 'secrets/a.ts']) {
      assert.deepEqual(await ask(server, { path }), { type: 'kept' });
    }
    assert.equal(server.requests.length, 0);
  });

  test('goes to this machine without the proxy that the environment names', async () => {
    const server = await serve();
    const before = process.env.HTTP_PROXY;
    // Nobody listens there: who asked the proxy would fail.
    process.env.HTTP_PROXY = 'http://127.0.0.1:9';
    try {
      assert.equal((await ask(server)).type, 'done');
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });

  test('is no more than the user allows', async () => {
    const server = await serve();
    const prefix = 'const before = 1;\n'.repeat(2_000);
    await ask(
      server,
      { prefix, suffix: 'const after = 2;\n'.repeat(2_000) },
      { fim: 'suffix', context: 1_000 },
    );
    const { prompt, suffix } = server.requests[0]!.body as { prompt: string; suffix: string };
    assert.ok(prompt.length + suffix.length <= 1_000 && prompt.length > 500 && suffix.length > 100);
    assert.ok(prefix.endsWith(prompt));
  });
});
