import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { WorkspaceFeed } from '../../../../src/editor/workspace/feed.ts';
import { globsOf, isWritten, KnownNames } from '../../../../src/editor/workspace/rules.ts';
import { walkWorkspace } from '../../../../src/editor/workspace/walk.ts';
import { GitIgnores } from '../../../../src/files/git.ts';
import type { FileParams, IndexResult } from '../../../../src/worker/protocol.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-workspace-'));
after(() => rmSync(folder, { recursive: true }));

/** Write files below a new folder, each older than the one before. */
function workspace(name: string, files: Readonly<Record<string, string>>): string {
  const root = path.join(folder, name);
  Object.entries(files).forEach(([file, text], i) => {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
    utimesSync(full, 1_000_000 - i, 1_000_000 - i);
  });
  return root;
}

test('names of known languages are taken, what tools write and other languages are not', () => {
  const names = new KnownNames(
    [
      { id: 'typescript', extensions: ['.ts', '.mts'] },
      { id: 'json', extensions: ['.json'] },
      { id: 'makefile', extensions: ['.mk'], filenames: ['Makefile'] },
      { id: 'yaml', extensions: ['.yml', '.YAML'] },
      { id: 'javascript', extensions: ['.js'] },
      { id: 'blade', extensions: ['.blade.php', 7] },
      { id: 'log', extensions: ['.log'] },
      { id: 'plaintext', extensions: ['.txt'] },
      { id: 5, extensions: '.x' },
    ],
    (language) => language !== 'plaintext',
  );
  for (const path of [
    'a.ts',
    'src/b.d.mts',
    'tsconfig.json',
    'Makefile',
    'x/makefile',
    'c.yaml',
    'A.TS',
    'v.blade.php',
  ]) {
    assert.ok(names.has(path), path);
  }
  const others = [
    'a.txt',
    'a.log',
    'a.php',
    'ts',
    'src.ts/readme',
    'package-lock.json',
    'deno.lock',
    'pnpm-lock.yaml',
    'x.min.js',
    'x.js.map',
    'a.x',
    '',
  ];
  for (const path of others) assert.ok(!names.has(path), path);
});

test("the editor's exclusions hold for what is below a folder too", () => {
  const hides = globsOf(
    { '**/node_modules': true, 'dist/*.js': true, '**/*.gen.ts': true, '**/kept': false },
    { '{a,b}/cache': true, '**/*.js': { when: '$(basename).ts' } },
    undefined,
  );
  for (const path of [
    'node_modules',
    'x/node_modules/y/z.ts',
    'dist/a.js',
    'q/b.gen.ts',
    'a/cache',
    'b/cache/c.ts',
  ])
    assert.ok(hides(path), path);
  for (const path of ['src/a.ts', 'x/dist/a.js', 'kept/a.ts', 'c/cache', 'src/a.js', 'my_node_modules/a.ts'])
    assert.ok(!hides(path), path);
  assert.equal(globsOf({}, undefined)('a'), false);
});

test('a text that is packed into few lines is not worth copying from', () => {
  assert.ok(isWritten('const a = 1;\n'.repeat(40)) && isWritten('one line') && isWritten(''));
  assert.ok(!isWritten('x'.repeat(5000)) && !isWritten('a\0b'));
});

test('git is followed: inner files over outer ones, folders with all below, up to the repository', async () => {
  const root = workspace('git', {
    '.git/info/exclude': 'private.ts\n',
    '.gitignore': 'build/\n*.log.ts\n!keep.log.ts\nsub/only.ts\n',
    'sub/.gitignore': '!other.log.ts\n/deep/*.ts\n',
    'sub/deep/a.ts': '',
  });
  for (const from of [root, path.join(root, 'sub')]) {
    const git = new GitIgnores(from);
    const ignored = ['sub/build/x.ts', 'sub/a.log.ts', 'sub/only.ts', 'sub/deep/a.ts', 'sub/private.ts'];
    for (const file of ignored) assert.equal(await git.ignores(path.join(root, file)), true, file);
    const open = [
      'sub/a.ts',
      'sub/keep.log.ts',
      'sub/other.log.ts',
      'sub/deep/more/a.ts',
      'sub/builder/x.ts',
    ];
    for (const file of open) assert.equal(await git.ignores(path.join(root, file)), false, file);
  }
  assert.equal(await new GitIgnores(root).ignoresItself(path.join(root, 'build'), true), true);
  assert.equal(await new GitIgnores(root).ignoresItself(root, true), false);
});

test('a walk finds the newest first, enters only what it may, and follows no link', async () => {
  const root = workspace('walk', {
    'new.ts': 'n',
    'a/middle.ts': 'm',
    'a/b/old.ts': 'o',
    'out/x.ts': 'x',
    'large.ts': 'x'.repeat(200),
    'empty.ts': '',
    'image.png': 'p',
  });
  symlinkSync(root, path.join(root, 'circle'));
  symlinkSync(path.join(root, 'new.ts'), path.join(root, 'link.ts'));
  const walk = (most: number, signal = new AbortController().signal) =>
    walkWorkspace(root, {
      enters: (full) => path.basename(full) !== 'out',
      takes: async (full) => full.endsWith('.ts'),
      maxBytes: 100,
      most,
      signal,
    });
  const found = (await walk(100)).map(({ file }) => path.relative(root, file));
  assert.deepEqual(found, ['new.ts', path.join('a', 'middle.ts'), path.join('a', 'b', 'old.ts')]);
  assert.equal((await walk(1)).length, 1);
  assert.deepEqual(await walk(100, AbortSignal.abort()), []);
  assert.deepEqual(
    await walkWorkspace(path.join(root, 'nowhere'), {
      enters: () => true,
      takes: () => true,
      maxBytes: 9,
      most: 9,
      signal: new AbortController().signal,
    }),
    [],
  );
});

/** A feed over files in memory, and what was sent. */
function feeding(texts: Map<string, string>, answer: () => Partial<IndexResult> | undefined = () => ({})) {
  const sent: FileParams[][] = [];
  const log: string[] = [];
  let calls = 0;
  const feed = new WorkspaceFeed({
    send: async ({ files }) => {
      sent.push([...files]);
      await turn();
      const given = answer();
      return given && { state: 'taken', texts: 1, tokens: 10, capacity: 20, ...given };
    },
    read: async (path) => texts.get(path),
    quiet: async () => {
      calls++;
    },
    log: (line) => log.push(line),
  });
  const settled = async () => {
    for (let before = -1; before !== calls; ) {
      before = calls;
      for (let i = 0; i < 60; i++) await turn();
    }
  };
  const paths = () => sent.flat().map(({ path, text }) => (text === null ? `-${path}` : path));
  return { feed, sent, log, settled, paths };
}
const many = (count: number, size = 10) =>
  new Map(Array.from({ length: count }, (_, i) => [`f${i}`, 'x'.repeat(size)]));

test('files go in their order, in chunks, each after the answer to the one before', async () => {
  const { feed, sent, settled, paths } = feeding(many(40));
  feed.fill([...many(40).keys()]);
  await settled();
  assert.deepEqual(paths(), [...many(40).keys()]);
  assert.deepEqual(
    sent.map((files) => files.length),
    [16, 16, 8],
  );
  const large = feeding(many(3, 50_000));
  large.feed.fill(['f0', 'f1', 'f2']);
  await large.settled();
  assert.deepEqual(
    large.sent.map((files) => files.length),
    [2, 1],
  );
});

test('what changes comes first, what is gone is taken away, what was never sent is not', async () => {
  const texts = many(40);
  const { feed, settled, paths, sent } = feeding(texts);
  feed.fill([...texts.keys()]);
  await turn();
  feed.changed('f39');
  await settled();
  assert.equal(paths().indexOf('f39') < 20, true, `${paths()}`);
  assert.equal(new Set(paths()).size, paths().length, 'sent once only');
  sent.length = 0;
  texts.set('f1', 'a\r\nb');
  feed.changed('f1');
  texts.delete('f2');
  feed.removed((path) => path === 'f2' || path === 'g2');
  await settled();
  assert.deepEqual(
    sent.flat().sort((a, b) => (a.path < b.path ? -1 : 1)),
    [
      { path: 'f1', text: 'a\nb' },
      { path: 'f2', text: null },
    ],
  );
  sent.length = 0;
  texts.delete('f3');
  feed.fill([...texts.keys()]);
  await settled();
  assert.deepEqual(sent.flat(), [{ path: 'f3', text: null }], 'the others are known');
});

test('it ends when the index is full, and keeps what is held up to date', async () => {
  const texts = many(100);
  let answers = 0;
  const { feed, settled, paths, log } = feeding(texts, () => ({ state: ++answers >= 2 ? 'full' : 'taken' }));
  feed.fill([...texts.keys()]);
  await settled();
  assert.equal(paths().length, 32);
  assert.match(log.join(), /is full \(10 tokens, 50 %\)/);
  feed.changed('f99');
  feed.changed('f5');
  await settled();
  assert.deepEqual(paths().slice(32), ['f5']);
});

test('nothing is sent to a worker that wants none, is gone, or after the end', async () => {
  for (const answer of [() => ({ state: 'off' as const }), () => undefined]) {
    const { feed, settled, paths } = feeding(many(40), answer);
    feed.fill([...many(40).keys()]);
    await settled();
    assert.equal(paths().length, 16);
    feed.forget();
    feed.fill(['f7']);
    await settled();
    assert.deepEqual(paths().slice(16), ['f7'], 'a new worker is told');
  }
  const { feed, settled, paths } = feeding(many(40));
  feed.fill([...many(40).keys()]);
  feed.dispose();
  await settled();
  assert.ok(paths().length <= 16);
});

test('a worker that is new while a message is under way is told everything', async () => {
  const { feed, settled, sent } = feeding(many(3), () => undefined);
  feed.fill(['f0', 'f1', 'f2']);
  while (sent.length === 0) await turn();
  feed.forget();
  feed.fill(['f0']);
  await settled();
  assert.deepEqual(
    sent.map((files) => files.map(({ path }) => path)),
    [['f0', 'f1', 'f2'], ['f0']],
  );
});
