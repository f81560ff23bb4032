import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { editor } from '../../../fakes/vscode/install.ts';
import { Uri } from '../../../fakes/vscode/values.ts';
import { activated } from '../activated.ts';

/** «Tune for This Model»: it reads the workspace's files where it may, and what it gave is told and used. */

let running: ReturnType<typeof activated> | undefined;
function start() {
  for (const list of [editor.messages, editor.statusMessages, editor.progress]) list.length = 0;
  editor.folders = [{ uri: Uri.file('/work'), name: 'work' }];
  running = activated();
  return running;
}
afterEach(() => {
  running?.end();
  editor.trusted = true;
  editor.folders = [];
});

const run = () => editor.run('slipstream.tuneModel');
const better = { type: 'tuned', name: 'toy', better: true, before: 1.5, after: 1.75 } as const;

test('the model that is loaded is tuned on the folders of the workspace, as the settings say', async () => {
  editor.settings.set('slipstream.threads', 3);
  editor.settings.set('slipstream.exclude', ['*.txt']);
  const { tuned } = start();
  await run();
  const { program, args } = tuned.asked[0]!;
  assert.equal(program, '/dist/cli.js');
  assert.deepEqual(args, [
    ...['toy', '--files=/work', '--exclude=*.txt', '--threads=3', '--provider=cpu', '--memory=auto'],
    '--storage=/storage',
  ]);
  running?.end();
  editor.settings.set('slipstream.model', '/models/mine');
  const again = start();
  await run();
  assert.equal(again.tuned.asked[0]!.args[0], '/models/mine');
});

test('a better policy is told with what it gave, and the worker starts again with it', async () => {
  const { tuned, worker } = start();
  tuned.outcomes.push(better);
  await run();
  assert.equal(
    editor.lastMessage,
    'Slipstream: toy has a policy of its own: 1.75 times as fast as without drafts, 1.50 before.',
  );
  assert.equal(worker.restarts, 1);
  tuned.outcomes.push({ ...better, better: false });
  await run();
  assert.match(editor.lastMessage!, /toy keeps its policy/);
});

test('a stop is told in a line, a failure with its reason and a way to the log; the worker goes on as it was', async () => {
  const { tuned, worker, log } = start();
  await run();
  assert.match(editor.statusMessages.at(-1)!, /What has come so far is kept/);
  tuned.outcomes.push({ type: 'failed', reason: 'tune-too-few', message: 'Too few.' });
  editor.answers.push('Show Log');
  await run();
  assert.equal(editor.lastMessage, 'Slipstream: the model was not tuned: Too few.');
  assert.equal(log.shown, 1);
  assert.equal(worker.restarts, 0);
});

test('nothing is read of a workspace that is not trusted, nor for a policy that would not be used', async () => {
  editor.settings.set('slipstream.policyFile', '/mine.json');
  const { tuned } = start();
  await run();
  assert.match(editor.lastMessage!, /slipstream\.policyFile/);
  editor.trusted = false;
  await run();
  assert.match(editor.lastMessage!, /not trusted/);
  editor.folders = [];
  await run();
  assert.match(editor.lastMessage!, /open a folder/);
  assert.deepEqual(tuned.asked, []);
});

test('progress goes once from nothing to all, and cancelling stops it', async () => {
  const { tuned } = start();
  await run();
  const { onProgress, signal } = tuned.asked[0]!;
  editor.progress.length = 0;
  for (const part of ['measuring', 'recording', 'training', 'comparing'] as const) {
    for (const percent of [0, 50, 100]) onProgress({ part, percent });
  }
  const increments = (editor.progress as { increment: number }[]).map(({ increment }) => increment);
  assert.ok(increments.every((each) => each >= 0));
  assert.ok(Math.abs(increments.reduce((a, b) => a + b) - 100) < 1e-9);
  editor.cancelling.fire();
  assert.equal(signal.aborted, true);
});
