import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import type * as vscode from 'vscode';
import { contextOf, currentContext, textOf } from '../../../../src/editor/openFiles/documents.ts';
import { FakeDocument } from '../../../fakes/vscode/document.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { Position, Uri } from '../../../fakes/vscode/values.ts';
import { activated, showDrawn } from '../activated.ts';

/** Documents as the pure parts see them, and which of the open ones the worker is told of. */

let running: ReturnType<typeof activated>;
beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  running = activated();
});
afterEach(() => {
  mock.timers.reset();
  running.end();
  editor.folders = [];
});
const calm = () => mock.timers.tick(1_000);
const told = () => running.worker.files.map(({ path, text }) => [path, text]);
const asDocument = (document: FakeDocument) => document as unknown as vscode.TextDocument;

test('a document gives its length and any part of it', () => {
  const text = textOf(asDocument(new FakeDocument('/a.ts', 'one\ntwo\n')));
  assert.equal(text.length, 8);
  assert.equal(text.slice(2, 5), 'e\nt');
});

test('a context names the file within its workspace folder and knows the editor’s indentation', () => {
  editor.folders = [{ uri: Uri.file('/work'), name: 'work' }];
  const { document, shown } = showDrawn('if (a) {\n  b█();\n}', '/work/src/a.ts');
  shown.options.tabSize = 8;
  const context = contextOf(asDocument(document), new Position(1, 3) as unknown as vscode.Position);
  const { path, prefix, suffix, tabSize, language } = context;
  assert.deepEqual(
    [path, prefix, suffix, tabSize, language],
    ['src/a.ts', 'if (a) {\n  b', '();\n}', 8, 'typescript'],
  );
  assert.deepEqual(currentContext(), context);
  shown.options.tabSize = 'auto';
  assert.equal(currentContext()!.tabSize, 4);
  editor.close(document);
  assert.equal(currentContext(), undefined);
});

test('the worker is told of a shown file when it has calmed down, and again when it is left', () => {
  const { document } = showDrawn('let a = 1;█', '/work/a.ts');
  assert.deepEqual(told(), []);
  calm();
  assert.deepEqual(told(), [['/work/a.ts', 'let a = 1;']]);
  editor.type(10, 0, ' // one');
  showDrawn('b█', '/work/b.ts');
  calm();
  assert.deepEqual(told().slice(1).sort(), [
    ['/work/a.ts', 'let a = 1; // one'],
    ['/work/b.ts', 'b'],
  ]);
  editor.close(document);
  assert.deepEqual(told().at(-1), ['/work/a.ts', null]);
});

test('saving tells of a shown file, and of none that an extension opened unseen', () => {
  const { document } = showDrawn('a█', '/work/a.ts');
  calm();
  document.replace(1, 0, 'b');
  editor.events.save.fire(document);
  editor.events.save.fire(new FakeDocument('/work/unseen.ts', 'x'));
  calm();
  assert.deepEqual(told().slice(1), [['/work/a.ts', 'ab']]);
});

test('excluded files and views that are no files are never told of; one that becomes excluded is taken away', () => {
  showDrawn('KEY=1█', '/work/.env');
  editor.show(new FakeDocument(Uri.from({ scheme: 'output', path: '/log' }), 'noise'));
  editor.show(new FakeDocument(Uri.from({ scheme: 'git', path: '/work/a.ts' }), 'old'));
  calm();
  assert.deepEqual(told(), []);
  showDrawn('b█', '/work/private/b.ts');
  calm();
  editor.set('slipstream.exclude', ['private/']);
  assert.deepEqual(told(), [
    ['/work/private/b.ts', 'b'],
    ['/work/private/b.ts', null],
  ]);
});

test('files that are open at the start are told of too', () => {
  running.end();
  const document = new FakeDocument('/work/early.ts', 'early');
  editor.show(document);
  running = activated();
  calm();
  assert.deepEqual(told(), [['/work/early.ts', 'early']]);
});
