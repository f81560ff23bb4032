import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { editor } from '../../../fakes/vscode/install.ts';
import { Uri } from '../../../fakes/vscode/values.ts';
import { setupResult } from '../../../fakes/worker.ts';
import { activated } from '../activated.ts';

/** A workspace on disk: which of its files reach the index, and how it keeps up with them. */

let root: string;
let running: ReturnType<typeof activated>;
const ready = { kind: 'ready', setup: setupResult } as const;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'slipstream-workspace-'));
  editor.folders = [{ uri: Uri.file(root), name: 'work' }];
  editor.extensions.push({
    packageJSON: {
      contributes: {
        languages: [
          { id: 'typescript', extensions: ['.ts'] },
          { id: 'plaintext', extensions: ['.txt'] },
          { id: 'python', extensions: ['.py'] },
        ],
      },
    },
  });
});
afterEach(() => {
  running.end();
  editor.folders = [];
  editor.extensions.length = 0;
  editor.watchers.length = 0;
  editor.trusted = true;
  rmSync(root, { recursive: true });
});

const write = (name: string, text: string) => {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
/** What the index was told of each file last. */
const held = () => {
  const files = new Map<string, string | null>();
  for (const { files: some } of running.worker.indexed)
    for (const { path: name, text } of some) files.set(name, text);
  return files;
};
const names = () => [...held()].flatMap(([name, text]) => (text === null ? [] : [name])).sort();
const until = async (is: () => boolean) => {
  for (let i = 0; i < 400 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(is(), `the index holds ${names().join(', ')}`);
};
const begin = () => {
  running = activated();
  running.worker.become(ready);
};
const watcher = () => editor.watchers.at(-1)!;
const uri = (name: string) => Uri.file(path.join(root, name));

test('files of wanted languages are read, none that git, the editor, the user or its size leaves out', async () => {
  write('src/a.ts', 'export const a = 1;\n');
  write('src/notes.txt', 'not a wanted language\n');
  write('secret.key.ts', 'excluded\n');
  write('private/b.ts', 'excluded by the user\n');
  write('dist/c.ts', 'hidden in the editor\n');
  write('ignored.ts', 'ignored by git\n');
  write('.git/d.ts', 'git itself\n');
  write('large.ts', 'x'.repeat(250_000));
  write('.gitignore', 'ignored.ts\n');
  editor.settings.set('files.exclude', { dist: true });
  editor.settings.set('slipstream.exclude', ['private/', '*.key.ts']);
  begin();
  await until(() => names().length >= 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(names(), ['src/a.ts']);
  assert.equal(held().get('src/a.ts'), 'export const a = 1;\n');
});

test('a workspace that is not trusted, and one without room for it, is not read until that changes', async () => {
  write('a.ts', 'a\n');
  editor.trusted = false;
  begin();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.deepEqual(names(), []);
  editor.trusted = true;
  editor.events.trust.fire();
  await until(() => names().includes('a.ts'));
});

test('changed, new and deleted files are kept up with; a folder takes all of its files along', async () => {
  write('a.ts', 'one\n');
  write('lib/b.ts', 'b\n');
  write('lib/deep/c.ts', 'c\n');
  begin();
  await until(() => names().length === 3);
  write('a.ts', 'two\n');
  watcher().changed.fire(uri('a.ts'));
  write('d.ts', 'd\n');
  watcher().created.fire(uri('d.ts'));
  write('e.txt', 'e\n');
  watcher().created.fire(uri('e.txt'));
  await until(() => held().get('a.ts') === 'two\n' && names().includes('d.ts'));
  assert.ok(!held().has('e.txt'));
  rmSync(path.join(root, 'lib'), { recursive: true });
  watcher().deleted.fire(uri('lib'));
  await until(() => names().length === 2);
  assert.deepEqual(names(), ['a.ts', 'd.ts']);
});

test('rules that change take files away at once and read others', async () => {
  write('a.ts', 'a\n');
  write('b.py', 'b\n');
  begin();
  await until(() => names().length === 2);
  editor.set('slipstream.exclude', ['*.py']);
  await until(() => names().join() === 'a.ts');
  write('.gitignore', 'a.ts\n');
  watcher().created.fire(uri('.gitignore'));
  editor.set('slipstream.exclude', []);
  await until(() => names().includes('b.py'));
});

test('a new worker is told everything again, one that rested is not', async () => {
  write('a.ts', 'a\n');
  begin();
  await until(() => names().length === 1);
  const { indexed } = running.worker;
  const before = indexed.length;
  running.worker.become({ ...ready, resting: false });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(indexed.length, before);
  running.worker.become(ready);
  await until(() => indexed.length > before);
});

test('nothing is read while the user types', async () => {
  write('a.ts', 'a\n');
  running = activated();
  editor.events.change.fire({ document: undefined as never, contentChanges: [], reason: undefined });
  running.worker.become(ready);
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.deepEqual(names(), []);
  await until(() => names().length === 1);
});

test('with several folders a file is named with its folder', async () => {
  write('a.ts', 'a\n');
  const other = mkdtempSync(path.join(os.tmpdir(), 'slipstream-workspace-'));
  writeFileSync(path.join(other, 'b.ts'), 'b\n');
  editor.folders = [...editor.folders, { uri: Uri.file(other), name: 'other' }];
  begin();
  await until(() => names().length === 2);
  rmSync(other, { recursive: true });
  assert.deepEqual(names(), ['other/b.ts', 'work/a.ts']);
});
