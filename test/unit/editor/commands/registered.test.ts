import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { TaskParams } from '../../../../src/worker/protocol.ts';
import type { WorkerState } from '../../../../src/worker/worker.ts';
import type { FakeQuickPick } from '../../../fakes/vscode/editor.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { setupResult } from '../../../fakes/worker.ts';
import { activated, showDrawn } from '../activated.ts';

/** Commands as a user runs them: what is asked, what is told, what comes of it. */

let running: ReturnType<typeof activated> | undefined;
const start = () => {
  editor.messages.length = 0;
  editor.statusMessages.length = 0;
  editor.ran.length = 0;
  running = activated();
  return running;
};
afterEach(() => running?.end());

const draft = (id: string, loaded = true) => ({
  id,
  kind: 'copy' as const,
  languages: [],
  description: `the draft ${id}`,
  loaded,
});
const withDrafts: WorkerState = {
  kind: 'ready',
  setup: { ...setupResult, drafts: [draft('lookup'), draft('suffix'), draft('edit', false)] },
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('choosing drafts writes the pool, all of them as an empty one, and none as nothing', async () => {
  const { worker } = start();
  worker.next = withDrafts;
  editor.answers.push([{ id: 'suffix' }]);
  await editor.run('slipstream.chooseDrafts');
  assert.deepEqual(
    editor.picks.at(-1)!.items.map(({ id }) => id),
    ['lookup', 'suffix', 'edit'],
  );
  assert.deepEqual(editor.settings.get('slipstream.drafts.pool'), ['suffix']);
  editor.answers.push([{ id: 'suffix' }, { id: 'lookup' }, { id: 'edit' }]);
  await editor.run('slipstream.chooseDrafts');
  assert.deepEqual(editor.settings.get('slipstream.drafts.pool'), []);
  editor.answers.push([]);
  await editor.run('slipstream.chooseDrafts');
  assert.match(editor.lastMessage!, /nothing was changed\. To use no draft at all, choose the policy «none»/);
  editor.answers.push(undefined);
  await editor.run('slipstream.chooseDrafts');
  assert.deepEqual(editor.settings.get('slipstream.drafts.pool'), []);
});

test('choosing a policy offers loaded drafts alone and writes the id', async () => {
  const { worker } = start();
  worker.next = withDrafts;
  editor.answers.push((items: { id: string }[]) => items.find(({ id }) => id === 'fixed:suffix'));
  await editor.run('slipstream.choosePolicy');
  assert.equal(editor.settings.get('slipstream.policy'), 'fixed:suffix');
  assert.ok(!editor.picks.at(-1)!.items.some(({ id }) => id === 'fixed:edit'));
  await editor.run('slipstream.choosePolicy');
  assert.equal(editor.settings.get('slipstream.policy'), 'fixed:suffix');
});

test('a setting that the workspace has is changed there, any other for the user', async () => {
  start();
  await editor.run('slipstream.toggle');
  assert.equal(editor.settings.get('slipstream.enable'), false);
  assert.ok(!editor.inWorkspace.has('slipstream.enable'));
  editor.inWorkspace.add('slipstream.enable');
  await editor.run('slipstream.toggle');
  assert.equal(editor.settings.get('slipstream.enable'), true);
  assert.ok(editor.inWorkspace.has('slipstream.enable'));
  editor.inWorkspace.clear();
});

test('a language is turned off and on by itself; without an editor nothing happens', async () => {
  start();
  await editor.run('slipstream.toggleLanguage');
  assert.equal(editor.settings.get('slipstream.languages'), undefined);
  showDrawn('x█', '/work/a.py', 'python');
  await editor.run('slipstream.toggleLanguage');
  const languages = () => editor.settings.get('slipstream.languages') as Record<string, boolean>;
  assert.equal(languages().python, false);
  assert.equal(languages().markdown, true);
  await editor.run('slipstream.toggleLanguage');
  assert.equal(editor.settings.get('slipstream.languages'), undefined);
});

test('without a model a command says why, with a way to the log', async () => {
  const { worker, log } = start();
  worker.next = { kind: 'failed', reason: 'model-missing', message: 'There is no model.' };
  editor.answers.push(undefined, 'Show Log');
  await editor.run('slipstream.chooseDrafts');
  const error = editor.messages.find(({ kind }) => kind === 'error');
  assert.equal(error?.text, 'Slipstream: There is no model.');
  assert.equal(log.shown, 1);
  assert.equal(editor.settings.get('slipstream.drafts.pool'), undefined);
});

test('restarting says when the worker is ready, and not when it is not', async () => {
  const { worker } = start();
  await editor.run('slipstream.restartWorker');
  assert.deepEqual([worker.setups.length, worker.restarts], [1, 0]);
  assert.match(editor.statusMessages.at(-1)!, /the worker is ready/);
  worker.next = { kind: 'failed', reason: 'x', message: 'No.' };
  editor.statusMessages.length = 0;
  await editor.run('slipstream.restartWorker');
  assert.equal(worker.restarts, 1);
  assert.deepEqual(editor.statusMessages, []);
});

test('the menu of the status bar runs what is picked, and tells what the worker uses', async () => {
  const { worker, log } = start();
  worker.resident = 300 * 1024 * 1024;
  editor.answers.push((items: { command: string }[]) =>
    items.find(({ command }) => command === 'slipstream.showLog'),
  );
  await editor.run('slipstream.showStatus');
  assert.equal(log.shown, 1);
  const entries = editor.picks.at(-1)!.items as unknown as { command: string; description: string }[];
  assert.equal(
    entries.find(({ command }) => command === 'slipstream.restartWorker')?.description,
    '300 MB in use',
  );
});

test('a verdict needs a suggestion that was shown', async () => {
  const { worker } = start();
  await editor.run('slipstream.goodSuggestion');
  await editor.run('slipstream.badSuggestion');
  assert.deepEqual(worker.verdicts, []);
  assert.equal(editor.statusMessages.length, 2);
});

test('a summary asks for a selection, refuses an excluded file, and warns of a model that was not made for it', async () => {
  const { worker } = start();
  await editor.run('slipstream.summarizeSelection');
  assert.match(editor.lastMessage!, /Select the text to summarize first/);
  const secret = showDrawn('KEY=1█', '/work/.env');
  secret.shown.select(0, 5);
  await editor.run('slipstream.summarizeSelection');
  assert.match(editor.lastMessage!, /excluded \(slipstream\.exclude\) and never sent to the model/);
  const { shown } = showDrawn('let a = 1;█');
  shown.select(0, 10);
  editor.answers.push(undefined);
  await editor.run('slipstream.summarizeSelection');
  assert.match(editor.lastMessage!, /was not made to summarize text/);
  assert.deepEqual(editor.messages.at(-1)!.buttons, [{ modal: true }, 'Run Anyway']);
  assert.equal(worker.jobs.length, 0);
});

/** A summary of a selection that runs; gives the preview's address. */
async function summarize(drawing: string, from: number, to: number) {
  const { worker, ...rest } = start();
  worker.next = { kind: 'ready', setup: { ...setupResult, tasks: ['complete', 'summarize', 'translate'] } };
  const { document, shown } = showDrawn(drawing);
  shown.select(from, to);
  const ended = editor.run('slipstream.summarizeSelection');
  while (worker.jobs.length === 0) await turn();
  const preview = editor.visible.find((each) => each.document.uri.scheme === 'slipstream-preview')!;
  return { worker, document, ended, uri: preview.document.uri, job: worker.jobs[0]!, ...rest };
}
const content = (uri: { scheme: string }) =>
  editor.contents.get(uri.scheme)!.provideTextDocumentContent(uri as never);

test('a summary streams into a preview beside the editor and goes above the code as a comment', async () => {
  const { document, ended, uri, job } = await summarize('\n  let a = 1;\r\n  use(a);█', 1, 24);
  assert.equal((job.job as TaskParams).text, '  let a = 1;\n  use(a);');
  job.write('Sets ');
  assert.equal(content(uri), 'Sets …');
  job.done('Sets a.\nUses it.');
  await ended;
  assert.equal(content(uri), 'Sets a.\nUses it.');
  await editor.run('slipstream.insertPreview', uri);
  assert.equal(document.getText().startsWith('\n  // Sets a.\n  // Uses it.\n  let a'), true);
  assert.equal(content(uri), '');
});

test('a preview can be copied when it is done, and dropping one ends its job', async () => {
  const { uri, job, ended } = await summarize('let a = 1;█', 0, 10);
  await editor.run('slipstream.copyPreview', uri);
  assert.match(editor.statusMessages.at(-1)!, /still being written/);
  assert.equal(editor.clipboard, '');
  job.done(' Sets a. ');
  await ended;
  await editor.run('slipstream.copyPreview', uri);
  assert.equal(editor.clipboard, 'Sets a.');

  running!.end();
  const other = await summarize('let b = 2;█', 0, 10);
  await editor.run('slipstream.dropPreview', other.uri);
  assert.equal(other.job.signal.aborted, true);
  await other.ended;
  await editor.run('slipstream.dropPreview', other.uri);
  assert.match(editor.statusMessages.at(-1)!, /there is no preview open/);
});

test('closing the tab of a preview ends its job', async () => {
  const { job, ended } = await summarize('let a = 1;█', 0, 10);
  editor.closeTabs([editor.tabs.at(-1)!]);
  assert.equal(job.signal.aborted, true);
  await ended;
});

test('a preview whose text is gone from the file is not inserted', async () => {
  const { document, uri, job, ended } = await summarize('let a = 1;█', 0, 10);
  job.done('Sets a.');
  await ended;
  document.replace(0, 10, 'other();');
  await editor.run('slipstream.insertPreview', uri);
  assert.match(editor.lastMessage!, /no longer in the file\. Copy the preview instead/);
  assert.equal(document.getText(), 'other();');
});

test('text that cannot be put in is kept: the editor is read-only, refuses, or the file is gone', async () => {
  const refusals: readonly ((shown: ReturnType<typeof showDrawn>['shown']) => void)[] = [
    // Set read-only in the session, an editor says that the edit is done.
    (shown) => {
      shown.edit = async () => true;
    },
    (shown) => {
      shown.edit = async () => false;
    },
    (shown) => {
      shown.edit = () => Promise.reject(new Error('The document has been closed.'));
    },
  ];
  for (const harm of refusals) {
    const { document, uri, job, ended } = await summarize('let a = 1;█', 0, 10);
    job.done('Sets a.');
    await ended;
    const show = editor.showBeside.bind(editor);
    editor.showBeside = (...given) => {
      const shown = show(...given);
      harm(shown);
      return shown;
    };
    await editor.run('slipstream.insertPreview', uri);
    editor.showBeside = show;
    assert.match(
      editor.lastMessage!,
      /^Slipstream: the text could not be put into .*main\.ts.*\. Copy the preview instead\.$/,
    );
    assert.equal(document.getText(), 'let a = 1;');
    assert.equal(content(uri), 'Sets a.');
    await editor.run('slipstream.copyPreview', uri);
    assert.equal(editor.clipboard, 'Sets a.');
    running!.end();
  }
});

test('a task that fails is told once and shown in its preview', async () => {
  const { uri, job, ended } = await summarize('let a = 1;█', 0, 10);
  job.end({ type: 'failed', reason: 'internal', message: 'It broke.' });
  await ended;
  assert.match(content(uri), /could not go on: It broke\./);
  assert.equal(editor.messages.filter(({ text }) => text.includes('It broke.')).length, 1);
});

test('a translation asks for a language, one that is not in the list too', async () => {
  const { worker } = start();
  worker.next = { kind: 'ready', setup: { ...setupResult, tasks: ['translate'] } };
  const { shown } = showDrawn('hello world█', '/work/a.md', 'markdown');
  shown.select(0, 11);
  const answer = (act: (pick: FakeQuickPick) => void) => {
    const listening = editor.quickPick.event((pick) => {
      listening.dispose();
      setImmediate(() => act(pick));
    });
  };
  answer((pick) => pick.hide());
  await editor.run('slipstream.translateSelection');
  assert.equal(worker.jobs.length, 0);

  answer((pick) => {
    pick.changed.fire('Klingon');
    pick.selectedItems = [pick.items.at(-1)!];
    pick.accepted.fire();
  });
  const ended = editor.run('slipstream.translateSelection');
  while (worker.jobs.length === 0) await turn();
  const { kind, to, text } = worker.jobs[0]!.job as TaskParams;
  assert.deepEqual([kind, to, text], ['translate', 'Klingon', 'hello world']);
  worker.jobs[0]!.done('nuqneH qo’', 'length');
  await ended;
  const preview = editor.visible.find((each) => each.document.uri.scheme === 'slipstream-preview')!;
  assert.match(preview.document.uri.path, /Translation to Klingon \d+\.md$/);
  assert.match(content(preview.document.uri), /\[Cut at the token limit\.\]$/);
});

test('the actions of a preview stand above its text', () => {
  start();
  const { provider, selector } = editor.lenses.at(-1)!;
  assert.deepEqual(selector, { scheme: 'slipstream-preview' });
  const lenses = (
    provider as {
      provideCodeLenses(document: { uri: string }): { command: { command: string; arguments: string[] } }[];
    }
  ).provideCodeLenses({ uri: 'preview:/1' });
  assert.deepEqual(
    lenses.map(({ command }) => [command.command, command.arguments]),
    ['insert', 'copy', 'drop'].map((name) => [`slipstream.${name}Preview`, ['preview:/1']]),
  );
});
