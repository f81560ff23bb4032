import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GitIgnores } from '../../../src/files/git.ts';
import { IgnoredFiles } from '../../../src/files/ignoredFiles.ts';

let top: string;
before(() => {
  top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'slipstream-git-')));
});
after(() => rmSync(top, { recursive: true }));

function write(name: string, text = ''): string {
  const file = path.join(top, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Names below a folder that git ignores. */
async function ignored(
  folder: string,
  names: readonly string[],
  home = path.join(top, 'nobody'),
): Promise<string[]> {
  const git = new GitIgnores(path.join(top, folder), { home, env: {} });
  const verdicts = await Promise.all(names.map((name) => git.ignores(path.join(top, folder, name))));
  return names.filter((_, i) => verdicts[i]);
}

describe('ignored files', () => {
  test('by lists at every depth, the inner one first, and by the repository’s own', async () => {
    write('one/.git/info/exclude', 'mine.txt\n');
    write('one/.gitignore', '\ufeff*.log\r\n/build/\n');
    write('one/deep/.gitignore', '!keep.log\nlocal.*\n');
    const names = [
      'a.log',
      'build/a.ts',
      'deep/keep.log',
      'deep/b.log',
      'deep/local.ts',
      'mine.txt',
      'deep/mine.txt',
      'a.ts',
    ];
    assert.deepEqual(await ignored('one', names), [
      ...['a.log', 'build/a.ts', 'deep/b.log', 'deep/local.ts', 'mine.txt', 'deep/mine.txt'],
    ]);
  });

  test('by the user’s list for all repositories, wherever git’s settings say it is', async () => {
    write('two/.git/config', '[core]\n\tbare = false\n');
    write('home1/.config/git/ignore', 'usual.txt\n');
    assert.deepEqual(await ignored('two', ['usual.txt', 'a.txt'], path.join(top, 'home1')), ['usual.txt']);
    write('home2/.gitconfig', '[user]\n\tname = me\n[core]\n\texcludesFile = "~/lists/global"\n');
    write('home2/lists/global', 'named.txt\n');
    write('home2/.config/git/ignore', 'usual.txt\n');
    assert.deepEqual(await ignored('two', ['usual.txt', 'named.txt'], path.join(top, 'home2')), [
      'named.txt',
    ]);
    write('two/.git/config', `[core]\n\texcludesfile = ${path.join(top, 'own')}\n`);
    write('own', 'own.txt\n');
    assert.deepEqual(await ignored('two', ['named.txt', 'own.txt'], path.join(top, 'home2')), ['own.txt']);
  });

  test('in work trees and submodules, whose repository lies elsewhere', async () => {
    write('main/.git/info/exclude', 'mine.txt\n');
    write('main/.git/worktrees/tree/commondir', '../..\n');
    write('tree/.git', `gitdir: ${path.join(top, 'main/.git/worktrees/tree')}\n`);
    assert.deepEqual(await ignored('tree', ['mine.txt', 'a.txt']), ['mine.txt']);
    write('main/.git/modules/sub/info/exclude', 'theirs.txt\n');
    write('main/sub/.git', 'gitdir: ../.git/modules/sub\n');
    assert.deepEqual(await ignored('main', ['sub/theirs.txt', 'sub/a.txt', 'theirs.txt']), [
      'sub/theirs.txt',
    ]);
  });

  test('wherever the file lies, through a link too, and anew after a while', async () => {
    let now = 0;
    const files = new IgnoredFiles(() => now);
    write('three/.git/HEAD');
    write('three/.gitignore', 'local.txt\n');
    const local = write('three/local.txt');
    assert.equal(await files.has(local), true);
    assert.equal(files.has('/nowhere/at/all.txt'), false);
    const link = path.join(top, 'link.txt');
    symlinkSync(local, link);
    assert.equal(await files.has(link), true);
    write('three/.gitignore', 'other.txt\n');
    assert.equal(await files.has(local), true);
    now += 61_000;
    assert.equal(await files.has(local), false);
  });
});
