import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { ModelChoice } from '../../../../src/editor/models/choices.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { Uri } from '../../../fakes/vscode/values.ts';
import { activated } from '../activated.ts';

/** «Add Model»: nothing is added before it was chosen, and what was added is used only when the user says so. */

let running: ReturnType<typeof activated> | undefined;
function start() {
  for (const list of [editor.messages, editor.statusMessages, editor.picks, editor.inputs, editor.progress])
    list.length = 0;
  running = activated();
  return running;
}
afterEach(() => running?.end());

const choose = (kind: string) => (items: readonly ModelChoice[]) =>
  items.find(({ source }) => source.kind === kind);
const run = () => editor.run('slipstream.addModel');
const model = () => editor.settings.get('slipstream.model');
const there = { type: 'added', name: 'mine', bytes: 1_500_000 } as const;

test('turning away anywhere adds nothing', async () => {
  const { added } = start();
  for (const answers of [
    [],
    [choose('name'), undefined],
    [choose('file'), undefined],
    [choose('folder'), []],
  ]) {
    editor.answers.push(...answers);
    await run();
  }
  assert.deepEqual(added.asked, []);
  assert.deepEqual(editor.messages, []);
});

test('a model of the list, a name, a file and a folder are added as they were chosen', async () => {
  const { added } = start();
  editor.answers.push(choose('hub'));
  await run();
  editor.answers.push(choose('name'), ' acme/coder@v2 ');
  await run();
  editor.answers.push(choose('file'), [Uri.file('/down/a.gguf')]);
  await run();
  editor.answers.push(choose('folder'), [Uri.file('/models/b')]);
  await run();
  const [first, ...others] = added.asked.map(({ args }) => args);
  assert.match(first!.join(' '), /^\S+\/\S+ --file \S+$/);
  assert.deepEqual(others, [['acme/coder@v2'], ['/down/a.gguf'], ['/models/b']]);
  const validate = (editor.inputs[0] as unknown as { validateInput(text: string): string | undefined })
    .validateInput;
  assert.equal(validate('acme/coder'), undefined);
  assert.match(validate('coder')!, /OWNER\/NAME/);
});

test('what is there is offered, and used when the user says so', async () => {
  const { added } = start();
  added.outcomes.push(there, there);
  editor.answers.push(choose('hub'), undefined);
  await run();
  assert.equal(editor.lastMessage, 'Slipstream: mine is there (2 MB). It writes once you say so.');
  assert.equal(model(), undefined);
  editor.answers.push(choose('hub'), 'Use This Model');
  await run();
  assert.equal(model(), 'mine');
});

test('a gated model asks for a token, which is kept as a secret and sent from then on', async () => {
  const { added, secrets } = start();
  const gated = { type: 'failed', reason: 'download-gated', message: 'It is gated.' } as const;
  added.outcomes.push(gated, there, there);
  editor.answers.push(choose('hub'), 'hf_mine', undefined);
  await run();
  assert.deepEqual(
    added.asked.map(({ env }) => env.HF_TOKEN),
    [process.env.HF_TOKEN, 'hf_mine'],
  );
  assert.equal((editor.inputs.at(-1) as { password?: boolean }).password, true);
  assert.deepEqual([...secrets.kept.values()], ['hf_mine']);
  editor.answers.push(choose('hub'), undefined);
  await run();
  assert.equal(added.asked.at(-1)!.env.HF_TOKEN, 'hf_mine');
  // Who gives none is asked no more.
  secrets.kept.clear();
  added.outcomes.push(gated);
  editor.answers.push(choose('hub'), undefined);
  await run();
  assert.equal(added.asked.length, 4);
});

test('a failure is told with its reason and a way to the log, a stop in a line', async () => {
  const { added, log } = start();
  added.outcomes.push({ type: 'failed', reason: 'disk-full', message: 'The disk is full.' });
  editor.answers.push(choose('hub'), 'Show Log');
  await run();
  assert.equal(editor.lastMessage, 'Slipstream: the model was not added: The disk is full.');
  assert.equal(log.shown, 1);
  editor.answers.push(choose('hub'));
  await run();
  assert.match(editor.statusMessages.at(-1)!, /What has come so far is kept/);
});

test('progress goes once from nothing to all in each part, and cancelling stops it', async () => {
  const { added } = start();
  editor.answers.push(choose('hub'), undefined);
  await run();
  const { onProgress, signal } = added.asked[0]!;
  editor.progress.length = 0;
  onProgress({ part: 'loading', percent: 40, total: 8e6 });
  onProgress({ part: 'loading', percent: 100, total: 8e6 });
  onProgress({ part: 'converting', percent: 30, total: 4e6 });
  assert.deepEqual(
    (editor.progress as { increment: number }[]).map(({ increment }) => increment),
    [40, 60, 30],
  );
  assert.equal((editor.progress[0] as { message: string }).message, 'loading: 40 % of 8 MB');
  assert.equal(signal.aborted, false);
  editor.cancelling.fire();
  assert.equal(signal.aborted, true);
});
