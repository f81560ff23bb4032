import '../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { editor } from '../../fakes/vscode/install.ts';
import { setupResult } from '../../fakes/worker.ts';
import { activated } from './activated.ts';

/** A server that the user names: what the worker is set up with, where its key is kept, and what the user is told of it. */

let running: ReturnType<typeof activated> | undefined;
const start = () => {
  editor.messages.length = 0;
  editor.statusMessages.length = 0;
  running = activated();
  return running;
};
afterEach(() => running?.end());
const turn = () => new Promise((resolve) => setImmediate(resolve));
const url = 'https://llm.example:8000/v1';

test('without an address no server is known to the worker, and a key has nowhere to go', async () => {
  const { worker, secrets } = start();
  await editor.run('slipstream.restartWorker');
  assert.equal(worker.setups[0]!.remote, undefined);
  await editor.run('slipstream.setServerKey');
  assert.match(editor.lastMessage!, /name a server in slipstream\.remote\.url first/);
  assert.deepEqual([editor.inputs.length, secrets.kept.size], [0, 0]);
});

test('a key is asked for as a password, kept as a secret of its server, and given to the worker alone', async () => {
  editor.settings.set('slipstream.remote.url', url);
  editor.settings.set('slipstream.remote.model', 'coder');
  const { worker, secrets, log } = start();
  await editor.run('slipstream.restartWorker');
  const { key, ...named } = worker.setups[0]!.remote!;
  assert.deepEqual(named, { url, model: 'coder', fim: 'auto', context: 8192, timeout: 4000 });
  assert.equal(key, '');
  editor.answers.push(' hunter2 ');
  await editor.run('slipstream.setServerKey');
  await turn();
  assert.equal(editor.inputs.at(-1)!.password, true);
  assert.deepEqual([...secrets.kept], [['slipstream.remote.key:https://llm.example:8000', 'hunter2']]);
  assert.equal(worker.setups.at(-1)!.remote!.key, 'hunter2');
  // Another server does not get it, nor the same host over another way.
  for (const other of ['https://other.example/v1', 'http://llm.example:8000/v1']) {
    editor.set('slipstream.remote.url', other);
    await turn();
    assert.equal(worker.setups.at(-1)!.remote!.key, '', other);
  }
  editor.set('slipstream.remote.url', url);
  assert.equal(worker.setups.at(-1)!.remote!.key, 'hunter2');
  editor.answers.push('');
  await editor.run('slipstream.setServerKey');
  await turn();
  assert.equal(worker.setups.at(-1)!.remote!.key, '');
  assert.equal(secrets.kept.size, 0);
  const shown = JSON.stringify([log.lines, editor.messages, editor.statusMessages, [...editor.settings]]);
  assert.doesNotMatch(shown, /hunter2/);
});

test('a key from an earlier session reaches the worker, and turning the question away changes nothing', async () => {
  editor.settings.set('slipstream.remote.url', url);
  const { worker, secrets } = start();
  await secrets.storage.store('slipstream.remote.key:https://llm.example:8000', 'older');
  await turn();
  await editor.run('slipstream.restartWorker');
  assert.equal(worker.setups.at(-1)!.remote!.key, 'older');
  const { length } = worker.setups;
  await editor.run('slipstream.setServerKey');
  await turn();
  assert.equal(worker.setups.length, length);
  assert.equal(secrets.kept.size, 1);
});

test('the status says where text goes; a server that is away is shown and told once for a cause', () => {
  const { worker, status, log } = start();
  const server = { host: 'llm.example:8000', model: 'coder' };
  const setup = { ...setupResult, server };
  worker.become({ kind: 'ready', setup });
  assert.match(String(status().tooltip), /text around the cursor is sent to llm\.example:8000, model coder/);
  const away = { reason: 'remote-key', message: 'It wants a key.' };
  worker.become({ kind: 'ready', setup, server: { ...server, away } });
  assert.match(
    String(status().tooltip),
    /It wants a key\. The model toy of this computer is used; llm\.example:8000 is tried/,
  );
  assert.equal((status().backgroundColor as { id: string }).id, 'statusBarItem.warningBackground');
  worker.become({ kind: 'ready', setup, server: { ...server, away: { ...away } } });
  const told = () => editor.messages.filter(({ text }) => text.includes('It wants a key.')).length;
  assert.equal(told(), 1);
  worker.become({ kind: 'ready', setup, server });
  assert.match(String(status().tooltip), /is sent to/);
  assert.ok(log.lines.some((line) => line.includes('llm.example:8000 answers again')));
  worker.become({ kind: 'ready', setup, server: { ...server, away } });
  assert.equal(told(), 2);
});

test('the menu says where completions go and leads to the key, where a server is named', async () => {
  start();
  const entries = async () => {
    await editor.run('slipstream.showStatus');
    return editor.picks.at(-1)!.items.map(({ label }) => label);
  };
  assert.ok(!(await entries()).some((label) => /Server Key|Sent to/.test(label)));
  editor.set('slipstream.remote.url', url);
  const named = await entries();
  assert.ok(named.includes('$(cloud) Completions Are Sent to llm.example:8000'), named.join('\n'));
  assert.ok(named.includes('$(key) Set Server Key…'));
});
