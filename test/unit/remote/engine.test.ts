import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxiedFetch } from '../../../src/network/proxiedFetch.ts';
import { type EngineState, RemoteEngine } from '../../../src/remote/engine.ts';
import { serverOf } from '../../../src/remote/server.ts';
import { openCompletionServer, type ServerFault } from '../../toy/completionServer.ts';

/** A server that fails is left alone, what it was asked is done here, and it is used again when it answers. */

const job = { path: 'a.ts', prefix: 'const ', suffix: '', singleLine: false, maxTokens: 8 };

async function engineAt(fault: () => ServerFault | undefined) {
  const server = await openCompletionServer({ answer: () => ['a', 'b'], fault });
  const clock = { now: 0 };
  const states: EngineState[] = [];
  const named = serverOf({
    url: server.url,
    model: '',
    key: '',
    fim: 'auto',
    context: 8192,
    timeout: 60_000,
  });
  const engine = new RemoteEngine(
    named,
    proxiedFetch('direct'),
    (state) => states.push(state),
    () => clock.now,
  );
  const complete = async (path = 'a.ts') => {
    const signal = new AbortController().signal;
    return (await engine.complete({ ...job, path }, { signal, onText: () => undefined, random: () => 0 }))
      ?.type;
  };
  return { server, clock, states, engine, complete };
}

test('a refused key sends everything to the model here, says so once, and the server is asked again later', async () => {
  let fault: ServerFault | undefined = { kind: 'status', status: 401 };
  const { server, clock, states, complete } = await engineAt(() => fault);
  try {
    assert.deepEqual(
      [await complete(), await complete(), await complete()],
      [undefined, undefined, undefined],
    );
    assert.equal(server.requests.length, 1);
    assert.deepEqual(
      states.map((state) => state.kind === 'away' && state.reason),
      ['remote-key'],
    );
    fault = undefined;
    clock.now = 60_000;
    assert.equal(await complete(), 'done');
    assert.deepEqual(states.at(-1), { kind: 'there' });
    assert.equal(states.length, 2);
  } finally {
    await server.close();
  }
});

test('an answer that breaks off is a failure, not begun anew here: its beginning may be on screen', async () => {
  const { server, states, complete } = await engineAt(() => ({ kind: 'cut', after: 1 }));
  try {
    assert.equal(await complete(), 'failed');
    assert.equal(states.length, 0);
    assert.deepEqual([await complete(), await complete(), await complete()], ['failed', 'failed', undefined]);
    assert.equal(states.at(-1)?.kind, 'away');
  } finally {
    await server.close();
  }
});

test('a file that may not be sent is done here, and says nothing of the server', async () => {
  const { server, states, complete } = await engineAt(() => undefined);
  try {
    assert.equal(await complete('.env'), undefined);
    assert.equal(await complete(), 'done');
    assert.equal(server.requests.length, 1);
    assert.deepEqual(states, []);
  } finally {
    await server.close();
  }
});
