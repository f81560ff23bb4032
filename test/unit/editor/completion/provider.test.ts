import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { CompleteParams } from '../../../../src/worker/protocol.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { TextDocumentChangeReason } from '../../../fakes/vscode/values.ts';
import { setupResult } from '../../../fakes/worker.ts';
import { showDrawn } from '../activated.ts';
import { AUTOMATIC, afterTaking, ask, endAsking, INVOKE, start, until } from './asking.ts';

/** From the editor's question to the item that it shows, and to what accepting it does. */

afterEach(endAsking);

test('a question becomes a job, its text an item over the right range, accepting it a message to the worker', async () => {
  const { worker, document, api } = start('const total = su█');
  const { items } = ask(document);
  await until(() => worker.jobs.length === 1);
  const { job } = worker.jobs[0]!;
  const { kind, path, language, prefix, suffix, singleLine, maxTokens } = job as CompleteParams;
  assert.deepEqual(
    [kind, path, language, prefix, suffix, singleLine, maxTokens],
    ['complete', '/work/main.ts', 'typescript', 'const total = su', '', false, 96],
  );
  worker.jobs[0]!.done('m(values);');
  const [item] = await items;
  assert.equal(afterTaking(document, item!), 'const total = sum(values);');
  assert.equal(api.lastOutcome(), 'shown:new');
  await editor.run(item!.command!.command, ...item!.command!.arguments!);
  assert.deepEqual(worker.acceptedTexts, [{ path: '/work/main.ts', text: 'm(values);' }]);
});

test('accepting with anything but a path and a text tells nothing', async () => {
  const { worker } = start('a█');
  await editor.run('slipstream.acceptSuggestion', 'main.ts', { text: 'no' });
  await editor.run('slipstream.acceptSuggestion');
  assert.deepEqual(worker.acceptedTexts, []);
});

test('what was typed of a suggestion is not asked again', async () => {
  const { worker, document, api } = start('const total = su█');
  const first = ask(document);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done('m(values);');
  await first.items;
  editor.type(16, 0, 'm(v');
  const [item] = await ask(document).items;
  assert.equal(afterTaking(document, item!), 'const total = sum(values);');
  assert.equal(worker.jobs.length, 1);
  assert.match(api.lastOutcome(), /^shown:/);
});

test('in an excluded file and outside of code nothing is asked, forced or not', async () => {
  for (const [path, reason] of [['/work/.env', 'excluded-file'] as const]) {
    const { worker, document, api, end } = start('KEY=█', path);
    assert.deepEqual(await ask(document, INVOKE).items, []);
    assert.equal(api.lastOutcome(), `skipped:${reason}`);
    assert.equal(worker.jobs.length, 0);
    end();
  }
});

test('where suggestions are turned off they come when asked for by hand', async () => {
  const { worker, document, api } = start('const a = █');
  editor.set('slipstream.enable', false);
  assert.deepEqual(await ask(document).items, []);
  assert.equal(api.lastOutcome(), 'skipped:off');
  const { items } = ask(document, INVOKE);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done('1;');
  assert.equal((await items).length, 1);
});

test('after undoing nothing is offered, after typing again it is', async () => {
  const { worker, document, api } = start('const a = 1;\nconst b█');
  editor.type(19, 1, '', TextDocumentChangeReason.Undo);
  assert.deepEqual(await ask(document).items, []);
  assert.equal(api.lastOutcome(), 'skipped:undo');
  editor.type(19, 0, ' ', TextDocumentChangeReason.Redo);
  assert.deepEqual(await ask(document).items, []);
  assert.equal(api.lastOutcome(), 'skipped:redo');
  editor.type(20, 0, 'c');
  const { items } = ask(document);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done(' = 2;');
  assert.equal((await items).length, 1);
});

test('with a selection or several cursors nothing is offered', async () => {
  const { document, shown, api } = start('const a = 1;█');
  shown.select(0, 5);
  assert.deepEqual(await ask(document).items, []);
  assert.equal(api.lastOutcome(), 'skipped:selection');
  shown.select(3, 3);
  shown.selections.push(shown.selection);
  assert.deepEqual(await ask(document).items, []);
  assert.equal(api.lastOutcome(), 'skipped:multi-cursor');
});

test('what the editor cancels ends with no item, and moving the cursor away ends the job', async () => {
  const { worker, document } = start('const a = █\n\nother();');
  const { items, cancel } = ask(document);
  await until(() => worker.jobs.length === 1);
  cancel();
  assert.deepEqual(await items, []);
  editor.moveTo(15);
  await until(() => worker.jobs[0]!.signal.aborted);
});

test('a failure is told in the log once, with what the worker said', async () => {
  const { worker, document, log } = start('const a = █');
  for (let turn = 0; turn < 2; turn++) {
    const { items } = ask(document);
    await until(() => worker.jobs.length === turn + 1);
    worker.jobs[turn]!.end({ type: 'failed', reason: 'internal', message: 'It broke.' });
    assert.deepEqual(await items, []);
    editor.type(document.getText().length, 0, 'x');
  }
  assert.equal(log.lines.filter((line) => line.includes('It broke.')).length, 1);
});

test('text that is being rewritten goes along as the original', async () => {
  const { worker, document } = start('const total = oldNameOfIt(values) + 1;█');
  editor.type(14, 19, '');
  editor.type(14, 0, 'oldName');
  const { items } = ask(document);
  await until(() => worker.jobs.length === 1);
  assert.equal((worker.jobs[0]!.job as CompleteParams).original, 'OfIt(values)');
  worker.jobs[0]!.done('OfThem(values)');
  await items;
});

test('where the cursor rests the worker reads in advance, but not where nothing may be offered', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { worker } = start('const a = 1;█');
  worker.become({ kind: 'ready', setup: setupResult });
  t.mock.timers.tick(400);
  assert.deepEqual(
    worker.warmed.map(({ path, prefix }) => [path, prefix]),
    [['/work/main.ts', 'const a = 1;']],
  );
  showDrawn('KEY=█', '/work/.env');
  t.mock.timers.tick(400);
  showDrawn('words█', '/work/notes.txt', 'plaintext');
  t.mock.timers.tick(400);
  assert.equal(worker.warmed.length, 1);
});

// Kind 20: while the editor's own list is open, it shows a suggestion only if that goes on from the selected entry.
const warning = { from: 6, to: 11, text: 'showWarning' };

test('kind 20, suggestion list open: the suggestion goes on from the selected entry', async () => {
  const { worker, document } = start('const showW█;');
  const { items } = ask(document, AUTOMATIC, warning);
  await until(() => worker.jobs.length === 1);
  assert.equal((worker.jobs[0]!.job as CompleteParams).prefix, 'const showWarning');
  worker.jobs[0]!.done(' = true;');
  const [item] = await items;
  assert.equal(afterTaking(document, item!), 'const showWarning = true;');
  assert.ok((item!.insertText as string).startsWith('const showWarning'));
});

test('kind 20, suggestion list open: what was suggested before it opened stays, where the entry is its beginning', async () => {
  const { worker, document } = start('const showW█');
  const first = ask(document);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done('arning = true;');
  await first.items;
  const [item] = await ask(document, AUTOMATIC, warning).items;
  assert.equal(afterTaking(document, item!), 'const showWarning = true;');
  assert.equal(worker.jobs.length, 1);
});

test('kind 20, suggestion list open: the suggestion follows the selection', async () => {
  const { worker, document } = start('const showW█');
  const first = ask(document, AUTOMATIC, warning);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done(' = true;');
  await first.items;
  const second = ask(document, AUTOMATIC, { ...warning, text: 'showWidget' });
  await until(() => worker.jobs.length === 2);
  assert.equal((worker.jobs[1]!.job as CompleteParams).prefix, 'const showWidget');
  worker.jobs[1]!.done('(a);');
  const [item] = await second.items;
  assert.equal(afterTaking(document, item!), 'const showWidget(a);');
});

test('kind 20, suggestion list open: an entry that changes what was typed, and replaces what follows', async () => {
  const { worker, document } = start('a.SHOW█arn(b)');
  const { items } = ask(document, AUTOMATIC, { from: 2, to: 9, text: 'showWarning' });
  await until(() => worker.jobs.length === 1);
  const { prefix, suffix } = worker.jobs[0]!.job as CompleteParams;
  assert.deepEqual([prefix, suffix], ['a.showWarning', '(b)']);
  worker.jobs[0]!.done('.now');
  const [item] = await items;
  assert.equal(afterTaking(document, item!), 'a.showWarning.now(b)');
});

test('kind 20, suggestion list open: typing on towards the entry does not end its job', async () => {
  const { worker, document } = start('const showW█');
  void ask(document, AUTOMATIC, warning).items;
  await until(() => worker.jobs.length === 1);
  editor.type(11, 0, 'a');
  assert.equal(worker.jobs[0]!.signal.aborted, false);
  const { items } = ask(document, AUTOMATIC, { ...warning, to: 12 });
  worker.jobs[0]!.done(' = true;');
  const [item] = await items;
  assert.equal(afterTaking(document, item!), 'const showWarning = true;');
  assert.equal(worker.jobs.length, 1);
});

test('kind 20, suggestion list open: typing something else ends its job', async () => {
  const { worker, document } = start('const showW█');
  void ask(document, AUTOMATIC, warning).items;
  await until(() => worker.jobs.length === 1);
  editor.type(11, 0, 'x');
  await until(() => worker.jobs[0]!.signal.aborted);
});

test('kind 29, retyping a block: typing into a suggestion of several lines leaves it so', async () => {
  const { worker, document } = start('function f(a, b) {\n  █\n}');
  const first = ask(document);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done('if (a) {\n    b();\n  }');
  const [whole] = await first.items;
  const expected = 'function f(a, b) {\n  if (a) {\n    b();\n  }\n}';
  assert.equal(afterTaking(document, whole!), expected);
  // The editor closes the bracket by itself.
  for (const [at, text] of [
    [21, 'i'],
    [22, 'f'],
    [23, ' '],
    [24, '()'],
    [25, 'a'],
  ] as const) {
    editor.type(at, 0, text);
    if (text === '()') editor.moveTo(25);
    const [item] = await ask(document).items;
    assert.equal(item && afterTaking(document, item), expected, text);
  }
  assert.equal(worker.jobs.length, 1);
});

test('kind 29, retyping a block: a row of statements stays one while it is typed, with the list open and without', async () => {
  const { worker, document } = start('function f(a, b) {\n  █\n}');
  const first = ask(document);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done('existing(a);\n  return b;');
  const expected = 'function f(a, b) {\n  existing(a);\n  return b;\n}';
  assert.equal(afterTaking(document, (await first.items)[0]!), expected);
  for (const [at, letter, listed] of [
    [21, 'e', true],
    [22, 'x', true],
    [23, 'i', false],
  ] as const) {
    editor.type(at, 0, letter);
    const entry = { from: 21, to: at + 1, text: 'existing' };
    const [item] = await ask(document, AUTOMATIC, listed ? entry : undefined).items;
    assert.equal(item && afterTaking(document, item), expected, letter);
  }
  assert.equal(worker.jobs.length, 1);
});

test('asked by hand where a suggestion is shown, the editor gets another behind it', async () => {
  const { worker, document } = start('const total = █');
  const first = ask(document);
  await until(() => worker.jobs.length === 1);
  worker.jobs[0]!.done('sum(values);');
  assert.equal((await first.items).length, 1);
  const again = ask(document, INVOKE);
  await until(() => worker.jobs.length === 2);
  assert.deepEqual((worker.jobs[1]!.job as CompleteParams).unlike, ['sum(values);']);
  worker.jobs[1]!.done('values.length;');
  const items = await again.items;
  assert.deepEqual(
    items.map((item) => afterTaking(document, item)),
    ['const total = sum(values);', 'const total = values.length;'],
  );
  await editor.run(items[1]!.command!.command, ...items[1]!.command!.arguments!);
  assert.deepEqual(worker.acceptedTexts, [{ path: '/work/main.ts', text: 'values.length;' }]);
});
