import '../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { editor } from '../../fakes/vscode/install.ts';
import { setupResult } from '../../fakes/worker.ts';
import { activated, showDrawn } from './activated.ts';

/** The parts of the editor side as `activate` joins them. */

let running: ReturnType<typeof activated> | undefined;
const start = () => {
  running = activated();
  return running;
};
afterEach(() => running?.end());

test('every command of the manifest is registered, and all go away again', () => {
  const { end } = start();
  const ids = [...editor.commands.keys()];
  for (const name of [
    'chooseDrafts',
    'choosePolicy',
    'toggle',
    'showStatus',
    'restartWorker',
    'dropPreview',
  ]) {
    assert.ok(ids.includes(`slipstream.${name}`), name);
  }
  end();
  assert.deepEqual([...editor.commands.keys()], []);
});

test('activation starts no worker; a while later it is set up by the settings, with the folders for what is kept', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  editor.settings.set('slipstream.threads', 3);
  const { worker } = start();
  assert.equal(worker.setups.length, 0);
  t.mock.timers.tick(2_000);
  assert.equal(worker.setups.length, 1);
  const { threads, storage, learnt } = worker.setups[0]!;
  assert.deepEqual([threads, storage, learnt], [3, '/storage', '/learnt']);
});

test('turned off, nothing is loaded', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  editor.settings.set('slipstream.enable', false);
  const { worker } = start();
  t.mock.timers.tick(5_000);
  assert.equal(worker.setups.length, 0);
});

test('the status bar follows settings, language, exclusion and the worker', async () => {
  const { worker, status } = start();
  assert.match(String(status().tooltip), /starts with the first suggestion/);
  assert.equal(status().command, 'slipstream.showStatus');
  await worker.setup({} as never);
  assert.match(
    String(status().tooltip),
    /ready\. Model toy \(it is the only one\), 0 drafts, policy trained/,
  );
  showDrawn('secret█', '/work/.env');
  assert.match(String(status().tooltip), /excluded/);
  showDrawn('text█', '/work/notes.txt', 'plaintext');
  assert.match(String(status().tooltip), /off for the language «plaintext»/);
  editor.set('editor.inlineSuggest.enabled', false);
  editor.set('slipstream.languages', { '*': true });
  assert.match(String(status().tooltip), /editor shows no inline suggestions/);
  editor.set('slipstream.enable', false);
  assert.match(String(status().tooltip), /off\. Click to turn it on/);
});

test('a failure colours the status bar, tells the user once, and its button shows the log', async () => {
  const { worker, status, log } = start();
  const failed = { kind: 'failed', reason: 'model-missing', message: 'There is no model.' } as const;
  editor.answers.push('Show Log');
  worker.become(failed);
  worker.become(failed);
  await Promise.resolve();
  assert.equal((status().backgroundColor as { id: string }).id, 'statusBarItem.errorBackground');
  const told = editor.messages.filter(({ text }) => text.includes('There is no model.'));
  assert.equal(told.length, 1);
  assert.deepEqual(told[0]!.buttons, ['Use the Bundled Model', 'Show Log']);
  assert.equal(log.shown, 1);
  // Once it has worked, the same failure is news.
  worker.become({ kind: 'ready', setup: setupResult });
  worker.become(failed);
  assert.equal(editor.messages.filter(({ text }) => text.includes('There is no model.')).length, 2);
});

test('a setting that cannot be used is told with a way to the settings, and its default holds', async () => {
  editor.settings.set('slipstream.threads', 'many');
  editor.answers.push('Open Settings');
  const { worker, log } = start();
  assert.match(editor.lastMessage!, /slipstream\.threads/);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(editor.ran.at(-1), {
    id: 'workbench.action.openSettings',
    given: ['@ext:slipstream.slipstream'],
  });
  assert.ok(log.lines.some((line) => line.startsWith('warn: ') && line.includes('slipstream.threads')));
  await editor.run('slipstream.restartWorker');
  assert.equal(worker.setups[0]!.threads, 0);
});

test('settings of the worker load it anew, others do not', async () => {
  const { worker } = start();
  await editor.run('slipstream.restartWorker');
  editor.set('slipstream.completion.maxTokens', 12);
  assert.equal(worker.setups.length, 1);
  editor.set('slipstream.model', '/models/other');
  assert.equal(worker.setups.length, 2);
  assert.equal(worker.setups[1]!.model, '/models/other');
});

test('problems of a setup are told, notices only logged, and a rest is not news', () => {
  const { worker, log } = start();
  const setup = { ...setupResult, problems: ['The policy is broken.'], notices: ['A draft was left out.'] };
  worker.become({ kind: 'ready', setup });
  assert.match(editor.lastMessage!, /The policy is broken\./);
  assert.ok(log.lines.includes('warn: A draft was left out.'));
  const before = editor.messages.length;
  worker.become({ kind: 'ready', setup, resting: true });
  worker.become({ kind: 'ready', setup, resting: false });
  worker.become({ kind: 'restarting', attempt: 1, delay: 50 });
  assert.equal(editor.messages.length, before);
  assert.ok(log.lines.some((line) => line.includes('the model is freed')));
  assert.ok(log.lines.some((line) => line.includes('starts again in 50 ms (attempt 1)')));
});
