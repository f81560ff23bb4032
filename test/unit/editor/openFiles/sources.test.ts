import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { contextOf, pathOf } from '../../../../src/editor/openFiles/documents.ts';
import { FakeDocument } from '../../../fakes/vscode/document.ts';
import { editor } from '../../../fakes/vscode/install.ts';
import { Position, Uri } from '../../../fakes/vscode/values.ts';
import { activated } from '../activated.ts';

/** Which documents are sources for others, by what name, and by whose settings. */

let root: string;
let running: ReturnType<typeof activated>;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'slipstream-sources-'));
});
afterEach(() => {
  running.end();
  editor.folders = [];
  editor.folderSettings.clear();
  editor.notebooks = [];
  rmSync(root, { recursive: true });
});
const asDocument = (document: FakeDocument) => document as unknown as vscode.TextDocument;
const told = () => running.worker.files.map(({ path: name, text }) => [name, text]);
const until = async (is: () => boolean, what: () => unknown) => {
  for (let i = 0; i < 300 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(is(), JSON.stringify(what()));
};
const write = (name: string, text: string): string => {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

describe('ignored files, once open', () => {
  const open = (name: string, text: string) => editor.show(new FakeDocument(write(name, text), text));
  const accept = (name: string) =>
    editor.run('slipstream.acceptSuggestion', name, 'text', Uri.file(path.join(root, name)));

  beforeEach(() => {
    editor.folders = [{ uri: Uri.file(root), name: 'work' }];
    mkdirSync(path.join(root, '.git', 'info'), { recursive: true });
    write('.gitignore', 'local.ts\n');
    write('.git/info/exclude', 'mine.ts\n');
    write('deep/.gitignore', '/kept/*\n!/kept/public.ts\n');
  });

  test('are no source for other files, whatever list names them', async () => {
    running = activated();
    open('local.ts', "export const PASSPHRASE = 'tulip granite';");
    open('mine.ts', 'a');
    open('deep/kept/a.ts', 'b');
    open('deep/kept/public.ts', 'c');
    open('open.ts', 'd');
    await until(() => told().length === 2, told);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(told().sort(), [
      ['deep/kept/public.ts', 'c'],
      ['open.ts', 'd'],
    ]);
  });

  test('what .slipstreamignore names is neither completed nor a source, and it takes no secret in again', async () => {
    write('.slipstreamignore', '/quiet/\n!*.env\n');
    running = activated();
    open('quiet/a.ts', 'a');
    open('prod.env', 'b');
    open('open.ts', 'c');
    await until(() => told().length === 1, told);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(told(), [['open.ts', 'c']]);
    write('.slipstreamignore', 'open.ts\n');
    for (const { changed } of editor.watchers) changed.fire(Uri.file(path.join(root, '.slipstreamignore')));
    await until(
      () => running.worker.forgotten.includes('open.ts'),
      () => running.worker.forgotten,
    );
  });

  test('what is accepted in them is not copied elsewhere', async () => {
    running = activated();
    await accept('local.ts');
    await accept('prod.env');
    await accept('open.ts');
    assert.deepEqual(running.worker.acceptedTexts, [{ path: 'open.ts', text: 'text' }]);
  });

  test('a file that becomes one is taken away with what was accepted in it', async () => {
    running = activated();
    open('later.ts', 'x');
    await until(() => told().length === 1, told);
    write('.gitignore', 'later.ts\n');
    for (const { changed } of editor.watchers) changed.fire(Uri.file(path.join(root, '.gitignore')));
    await until(() => running.worker.forgotten.length > 0, told);
    assert.deepEqual(running.worker.forgotten, ['later.ts']);
    assert.deepEqual(told().at(-1), ['later.ts', null]);
  });
});

describe('several roots', () => {
  beforeEach(() => {
    editor.folders = [
      { uri: Uri.file(path.join(root, 'a')), name: 'a' },
      { uri: Uri.file(path.join(root, 'b')), name: 'b' },
    ];
  });

  test('each root’s rules are relative to that root', async () => {
    editor.folderSettings.set(path.join(root, 'a'), { 'slipstream.exclude': ['/config/private.yml'] });
    running = activated();
    for (const name of ['a/config/private.yml', 'b/config/private.yml', 'a/other/config/private.yml']) {
      editor.show(new FakeDocument(write(name, name), name));
    }
    await until(() => told().length === 2, told);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(
      told()
        .map(([name]) => name)
        .sort(),
      ['a/other/config/private.yml', 'b/config/private.yml'],
    );
  });

  test('two roots of one name are told apart', () => {
    editor.folders = [
      { uri: Uri.file('/x/app'), name: 'app', index: 0 },
      { uri: Uri.file('/y/app'), name: 'app', index: 1 },
    ];
    running = activated();
    const name = (file: string) => pathOf(Uri.file(file) as unknown as vscode.Uri);
    assert.deepEqual([name('/x/app/a.ts'), name('/y/app/a.ts')], ['app (1)/a.ts', 'app (2)/a.ts']);
  });
});

describe('folder settings', () => {
  test('a folder’s own languages, lines and exclusion hold for its files', async () => {
    const [first, second] = [path.join(root, 'first'), path.join(root, 'second')];
    editor.folders = [
      { uri: Uri.file(first), name: 'first' },
      { uri: Uri.file(second), name: 'second' },
    ];
    editor.settings.set('slipstream.completion.multiline', 'always');
    editor.folderSettings.set(second, {
      'slipstream.completion.multiline': 'never',
      'slipstream.languages': { '*': true, python: false },
      'slipstream.exclude': ['*.gen.ts'],
    });
    running = activated();
    const ask = (name: string, language = 'typescript') => {
      const document = new FakeDocument(path.join(root, name), 'let a = ', language);
      editor.show(document, 8);
      const { provider } = editor.providers.at(-1)! as {
        provider: vscode.InlineCompletionItemProvider;
      };
      const token = {
        isCancellationRequested: false,
        onCancellationRequested: () => ({ dispose: () => undefined }),
      };
      void provider.provideInlineCompletionItems(
        asDocument(document),
        new Position(0, 8) as unknown as vscode.Position,
        { triggerKind: 1, selectedCompletionInfo: undefined } as unknown as vscode.InlineCompletionContext,
        token as unknown as vscode.CancellationToken,
      );
    };
    running.worker.next = { kind: 'ready', setup: (await import('../../../fakes/worker.ts')).setupResult };
    const jobs = () => running.worker.jobs.map(({ job }) => job);
    ask('first/a.ts');
    await until(() => jobs().length === 1, jobs);
    ask('second/a.ts');
    await until(() => jobs().length === 2, jobs);
    assert.deepEqual(
      jobs().map((job) => job.kind === 'complete' && job.singleLine),
      [false, true],
    );
    ask('second/a.py', 'python');
    assert.equal(running.api.lastOutcome(), 'skipped:off-for-language');
    ask('second/a.gen.ts');
    assert.equal(running.api.lastOutcome(), 'skipped:excluded-file');
    ask('first/a.gen.ts');
    await until(() => jobs().length === 3, jobs);
  });
});

describe('notebooks', () => {
  const cell = (fragment: string, text: string, language = 'python') =>
    new FakeDocument(
      Uri.from({ scheme: 'vscode-notebook-cell', path: '/work/a.ipynb', fragment }),
      text,
      language,
    );

  test('each cell has a name of its own, and the cells above are context, in order', async () => {
    editor.folders = [{ uri: Uri.file('/work'), name: 'work' }];
    const cells = [
      cell('W0', '# Totals', 'markdown'),
      cell('W1', 'import numpy as np\r\n'),
      cell('W2', 'rows = np.zeros(3)'),
      cell('W3', 'rows.'),
      cell('W4', 'below = 1'),
    ];
    editor.notebooks = [
      { uri: Uri.file('/work/a.ipynb'), getCells: () => cells.map((document) => ({ document })) },
    ];
    running = activated();
    for (const document of cells.slice(1)) editor.show(document);
    await until(() => told().length === 4, told);
    assert.deepEqual(
      told()
        .map(([name]) => name)
        .sort(),
      ['a.ipynb#W1', 'a.ipynb#W2', 'a.ipynb#W3', 'a.ipynb#W4'],
    );
    const context = contextOf(asDocument(cells[3]!), new Position(0, 5) as unknown as vscode.Position);
    assert.equal(context.prefix, 'import numpy as np\n\nrows = np.zeros(3)\n\nrows.');
    assert.equal(context.linePrefix, 'rows.');
    assert.equal(context.suffix, '');
    assert.equal(context.path, 'a.ipynb#W3');
  });

  test('of a long cell above its last lines are context, and nothing above it', async () => {
    const long = Array.from({ length: 900 }, (_, i) => `value_${i} = ${i}`).join('\r\n');
    const cells = [cell('W0', 'import numpy'), cell('W1', long), cell('W2', 'value_')];
    editor.notebooks = [
      { uri: Uri.file('/work/a.ipynb'), getCells: () => cells.map((document) => ({ document })) },
    ];
    running = activated();
    const { prefix } = contextOf(asDocument(cells[2]!), new Position(0, 6) as unknown as vscode.Position);
    assert.match(prefix, /^value_\d+ = \d+\n[\s\S]*\nvalue_899 = 899\n\nvalue_$/);
    assert.ok(prefix.length > 8_000 && prefix.length < 8_300, String(prefix.length));
  });

  test('what excludes a notebook excludes its cells', async () => {
    editor.folders = [{ uri: Uri.file('/work'), name: 'work' }];
    editor.settings.set('slipstream.exclude', ['/a.ipynb']);
    const document = cell('W1', 'x = 1');
    editor.notebooks = [{ uri: Uri.file('/work/a.ipynb'), getCells: () => [{ document }] }];
    running = activated();
    editor.show(document);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual(told(), []);
  });
});
