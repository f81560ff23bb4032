import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import { editor } from '../../../fakes/vscode/install.ts';
import { Uri } from '../../../fakes/vscode/values.ts';
import { setupResult } from '../../../fakes/worker.ts';
import { activated, showDrawn } from '../activated.ts';

/** Commands that choose, try or measure: what a user is offered, and what stays as it was when they turn away. */

let running: ReturnType<typeof activated> | undefined;
function start() {
  for (const list of [editor.messages, editor.statusMessages, editor.panels, editor.picks, editor.ran])
    list.length = 0;
  running = activated();
  return running;
}
afterEach(() => {
  running?.end();
  editor.folders = [];
  editor.folderSettings.clear();
  editor.forUser.clear();
  editor.inWorkspace.clear();
});
const turn = () => new Promise((resolve) => setImmediate(resolve));
const model = () => editor.settings.get('slipstream.model');

test('turning away from the models, or from the folder, leaves the model as it is', async () => {
  start();
  editor.set('slipstream.model', 'tiny');
  editor.answers.push(undefined);
  await editor.run('slipstream.chooseModel');
  const folder = (items: { id: string }[]) => items.find(({ id }) => id === '');
  editor.answers.push(folder, undefined);
  await editor.run('slipstream.chooseModel');
  editor.answers.push(folder, []);
  await editor.run('slipstream.chooseModel');
  assert.equal(model(), 'tiny');
});

test('the model in use is marked, and a folder of the user stays among the choices', async () => {
  start();
  const offered = async () => {
    await editor.run('slipstream.chooseModel');
    const items = editor.picks.at(-1)!.items as readonly {
      id?: string;
      label: string;
      description?: string;
    }[];
    return [items.map(({ id }) => id), items.find(({ description }) => description === 'in use')?.id];
  };
  assert.deepEqual(await offered(), [['auto', 'base', 'tiny', ''], 'auto']);
  editor.set('slipstream.model', '/models/mine');
  assert.deepEqual(await offered(), [['auto', 'base', 'tiny', '/models/mine', ''], '/models/mine']);
  await editor.run('slipstream.useBundledModel');
  assert.equal(model(), undefined);
});

test('a snooze needs an answer, takes one of a key binding, and one of nothing wakes', async () => {
  const { status } = start();
  const snoozed = () => /snoozed for (\d+)/.exec(String(status().tooltip))?.[1];
  editor.answers.push(undefined);
  await editor.run('slipstream.snooze');
  assert.deepEqual([snoozed(), editor.statusMessages], [undefined, []]);
  await editor.run('slipstream.snooze', 'soon');
  assert.equal(snoozed(), undefined, 'what is no number asks');
  assert.equal(editor.picks.length, 2);
  await editor.run('slipstream.snooze', 60);
  assert.equal(editor.statusMessages.at(-1), 'Slipstream: no suggestions for 60 minutes.');
  await editor.run('slipstream.snooze', 5);
  assert.equal(snoozed(), '5');
  for (const none of [0, -5, Number.NaN]) {
    await editor.run('slipstream.snooze', 5);
    await editor.run('slipstream.snooze', none);
    assert.equal(snoozed(), undefined);
    assert.equal(editor.statusMessages.at(-1), 'Slipstream: suggestions come again.');
  }
});

test('suggestions are turned off and on, and each time it is said', async () => {
  start();
  await editor.run('slipstream.toggle');
  await editor.run('slipstream.toggle');
  assert.deepEqual(editor.statusMessages, [
    'Slipstream: suggestions are off.',
    'Slipstream: suggestions are on.',
  ]);
});

test('a workspace that says what the user says anyway says nothing of its own', async () => {
  start();
  editor.folders = [{ uri: Uri.file('/work'), name: 'work' }];
  editor.forUser.set('slipstream.enable', true);
  await editor.run('slipstream.toggleWorkspace');
  assert.equal(editor.settings.get('slipstream.enable'), false);
  await editor.run('slipstream.toggleWorkspace');
  assert.equal(editor.settings.get('slipstream.enable'), undefined);
  assert.deepEqual(editor.statusMessages, [
    'Slipstream: suggestions are off in this workspace.',
    'Slipstream: suggestions are on in this workspace.',
  ]);
});

test('a folder with settings of its own is toggled there, and the menu tells what holds in it', async () => {
  const { status } = start();
  editor.folders = [
    { uri: Uri.file('/one'), name: 'one' },
    { uri: Uri.file('/two'), name: 'two' },
  ];
  editor.setInFolder('/one', 'slipstream.enable', false);
  editor.setInFolder('/one', 'slipstream.languages', { python: false });
  showDrawn('x█', '/one/a.py', 'python');
  const labels = async () => {
    await editor.run('slipstream.showStatus');
    return editor.picks
      .at(-1)!
      .items.map(({ label }) => label)
      .join();
  };
  assert.match(String(status().tooltip), /off/);
  assert.match(await labels(), /Turn Suggestions On/);
  await editor.run('slipstream.toggle');
  assert.equal(editor.statusMessages.at(-1), 'Slipstream: suggestions are on.');
  assert.match(await labels(), /Turn Suggestions Off.*Turn On for «python»/);
  await editor.run('slipstream.toggleLanguage');
  assert.equal(editor.statusMessages.at(-1), 'Slipstream: suggestions are on for «python».');
  assert.match(await labels(), /Turn Off for «python»/);
  assert.equal(editor.folderSettings.get('/one')!['slipstream.enable'], true);
  assert.equal(editor.settings.size, 0, 'nothing was written for the user or the workspace');
});

test('the sample file is a file of its own with the cursor at its end, where a suggestion is asked for', async () => {
  start();
  await editor.run('slipstream.tryFile');
  const { document, selection } = editor.visible.at(-1)!;
  assert.equal(document.languageId, 'typescript');
  assert.equal(document.offsetAt(selection.active), document.getText().length);
  assert.ok(selection.isEmpty);
  assert.match(document.getText(), /\{\n {2}$/);
  assert.deepEqual(
    editor.ran.map(({ id }) => id),
    ['editor.action.inlineSuggest.trigger'],
  );
});

const long = `${'const value = compute(1);\n'.repeat(12)}█`;

test('nothing is measured on a file that is too short or excluded, and the worker is not asked', async () => {
  const { worker } = start();
  showDrawn('a\nb\n█');
  await editor.run('slipstream.benchmarkFile');
  assert.equal(editor.lastMessage, 'Slipstream: this file is too short to measure anything on.');
  editor.set('slipstream.exclude', ['*.ts']);
  showDrawn(long);
  await editor.run('slipstream.benchmarkFile');
  assert.equal(editor.lastMessage, 'Slipstream: this file is excluded (slipstream.exclude) and never read.');
  assert.deepEqual([worker.setups.length, worker.jobs.length, editor.panels.length], [0, 0, 0]);
});

/** Run a benchmark whose every job ends in the same way. */
async function benchmarked(end: Parameters<ReturnType<typeof activated>['worker']['jobs'][0]['end']>[0]) {
  const parts = start();
  parts.worker.next = { kind: 'ready', setup: setupResult };
  showDrawn(long.replaceAll('\n', '\r\n'));
  const ended = editor.run('slipstream.benchmarkFile').then(() => true);
  for (let i = 0, over = false; !over; i++) {
    assert.ok(i < 200, 'it does not end');
    for (const job of parts.worker.jobs) job.end(end);
    over = await Promise.race([ended, turn().then(() => false)]);
  }
  return parts;
}

test('a benchmark that fails says why in a sentence and in the log, and shows no page', async () => {
  const { log, worker } = await benchmarked({ type: 'failed', reason: 'x', message: 'The worker ended.' });
  assert.equal(editor.lastMessage, 'Slipstream: the benchmark failed: The worker ended.');
  assert.ok(log.lines.includes('warn: The benchmark failed: The worker ended'));
  assert.equal(editor.panels.length, 0);
  assert.ok(worker.jobs.every(({ job }) => job.kind !== 'complete' || !job.prefix.includes('\r')));
});

test('a benchmark that is cancelled says so and shows no page', async () => {
  await benchmarked({ type: 'cancelled', by: 'client', text: '' });
  assert.equal(editor.statusMessages.at(-1), 'Slipstream: the benchmark was cancelled.');
  assert.equal(editor.panels.length, 0);
});

test('models of the store can be chosen, those that only draft cannot', async () => {
  start();
  const store = mkdtempSync(path.join(tmpdir(), 'slipstream-store-'));
  const before = process.env.SLIPSTREAM_MODELS;
  process.env.SLIPSTREAM_MODELS = store;
  try {
    for (const name of ['smol', 'qwen', 'helper', '.work']) mkdirSync(path.join(store, name));
    writeFileSync(path.join(store, 'helper', 'slipstream.json'), '{"role":"draft"}');
    writeFileSync(path.join(store, 'lock'), '');
    editor.set('slipstream.model', 'qwen');
    editor.answers.push(undefined);
    await editor.run('slipstream.chooseModel');
    const items = editor.picks.at(-1)!.items as readonly { id?: string; description?: string }[];
    assert.deepEqual(
      items.map(({ id }) => id),
      ['auto', 'base', 'tiny', 'qwen', 'smol', ''],
    );
    assert.equal(items.find(({ id }) => id === 'qwen')?.description, 'in use');
  } finally {
    if (before === undefined) delete process.env.SLIPSTREAM_MODELS;
    else process.env.SLIPSTREAM_MODELS = before;
    rmSync(store, { recursive: true });
  }
});

test('a model that was added is told from a folder', async () => {
  start();
  for (const [name, told] of [
    ['smol', 'A model that you added.'],
    ['/models/mine', 'A folder of yours.'],
    ['models\\mine', 'A folder of yours.'],
  ] as const) {
    editor.set('slipstream.model', name);
    editor.answers.push(undefined);
    await editor.run('slipstream.chooseModel');
    const items = editor.picks.at(-1)!.items as readonly { id?: string; detail?: string }[];
    assert.equal(items.find(({ id }) => id === name)?.detail, told);
  }
});
