import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { CompleteParams } from '../../../../src/worker/protocol.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { Uri } from '../../../fakes/vscode/values.ts';
import { setupResult } from '../../../fakes/worker.ts';
import { activated, showDrawn } from '../activated.ts';

/** Commands of the status bar's menu, as a user runs them. */

let running: ReturnType<typeof activated> | undefined;
const start = () => {
  editor.statusMessages.length = 0;
  editor.panels.length = 0;
  running = activated();
  return running;
};
afterEach(() => running?.end());
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a snooze silences suggestions that nobody asked for, says so, and ends when it is run again', async () => {
  const { status, api } = start();
  const { document } = showDrawn('const a = █');
  await editor.run('slipstream.snooze', 15);
  assert.match(String(status().tooltip), /snoozed for 15 more minutes/);
  const ask = editor.providers.at(-1)!.provider as {
    provideInlineCompletionItems(...given: unknown[]): Promise<unknown[]>;
  };
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => {} }) };
  await ask.provideInlineCompletionItems(
    document,
    editor.active!.selections[0]!.active,
    { triggerKind: 1 },
    token,
  );
  assert.equal(api.lastOutcome(), 'skipped:snoozed');
  await editor.run('slipstream.snooze');
  assert.match(editor.statusMessages.at(-1)!, /come again/);
  assert.doesNotMatch(String(status().tooltip), /snoozed/);
  editor.answers.push((items: { minutes: number }[]) => items[0]);
  await editor.run('slipstream.snooze');
  assert.match(String(status().tooltip), /snoozed for 5 more minutes/);
});

test('a workspace is turned off in its own settings, and a folder must be open', async () => {
  start();
  await editor.run('slipstream.toggleWorkspace');
  assert.match(editor.statusMessages.at(-1)!, /no folder is open/);
  editor.folders = [{ uri: Uri.file('/work'), name: 'work' }];
  await editor.run('slipstream.toggleWorkspace');
  assert.equal(editor.settings.get('slipstream.enable'), false);
  assert.ok(editor.inWorkspace.has('slipstream.enable'));
  editor.folders = [];
  editor.inWorkspace.clear();
});

test('a model is chosen from what is bundled or a folder, and a missing one offers the way back', async () => {
  const { worker } = start();
  editor.answers.push((items: { id: string }[]) => items.find(({ id }) => id === 'tiny'));
  await editor.run('slipstream.chooseModel');
  assert.equal(editor.settings.get('slipstream.model'), 'tiny');
  editor.answers.push((items: { id: string }[]) => items.find(({ id }) => id === ''));
  editor.answers.push([Uri.file('/models/mine')]);
  await editor.run('slipstream.chooseModel');
  assert.equal(editor.settings.get('slipstream.model'), '/models/mine');
  editor.answers.push('Use the Bundled Model');
  worker.become({
    kind: 'failed',
    reason: 'model-missing',
    message: 'There is no model folder /models/mine.',
  });
  await turn();
  await turn();
  assert.equal(editor.settings.get('slipstream.model'), undefined);
});

test('the insights page has no script and links to nothing but its own refresh', async () => {
  start();
  await editor.run('slipstream.showInsights');
  const [panel] = editor.panels;
  assert.deepEqual(panel!.options, {
    enableScripts: false,
    enableCommandUris: ['slipstream.showInsights'],
    localResourceRoots: [],
  });
  assert.match(panel!.webview.html, /Nothing was suggested today yet/);
  await editor.run('slipstream.showInsights');
  assert.equal(editor.panels.length, 1);
});

test('a benchmark runs none, every loaded draft and the policy on the file, and shows a page', async () => {
  const { worker } = start();
  await editor.run('slipstream.benchmarkFile');
  assert.match(editor.lastMessage!, /open a file/);
  const draft = { id: 'suffix', kind: 'copy' as const, languages: [], description: '', loaded: true };
  worker.next = { kind: 'ready', setup: { ...setupResult, policy: 'trained', drafts: [draft] } };
  showDrawn(`${'const value = compute(1);\n'.repeat(12)}█`);
  const ended = editor.run('slipstream.benchmarkFile');
  let answered = 0;
  for (let i = 0; i < 400 && editor.panels.length === 0; i++) {
    for (; answered < worker.jobs.length; answered++) worker.jobs[answered]!.done('x = 1;');
    await turn();
  }
  await ended;
  const policies = new Set(worker.jobs.map(({ job }) => (job as CompleteParams).policy));
  assert.deepEqual([...policies].sort(), ['fixed:suffix', 'none', 'trained']);
  assert.match(editor.panels[0]!.webview.html, /benchmark of/);
});
