import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Exclusion } from '../../../src/files/exclusion.ts';
import { IgnoredFiles } from '../../../src/files/ignoredFiles.ts';
import { OWN_LIST, ownListOf } from '../../../src/files/ownList.ts';

let top: string;
before(() => {
  top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'slipstream-lists-')));
});
after(() => rmSync(top, { recursive: true }));

function write(name: string, text = ''): string {
  const file = path.join(top, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('the list of a folder', () => {
  /** Which of the names the folder's own list excludes, beside what is excluded by default. */
  const excluded = (text: string, names: readonly string[]) => {
    write(`listed/${OWN_LIST}`, text);
    const exclusion = Exclusion.withSecrets(ownListOf(path.join(top, 'listed')));
    return names.filter((name) => exclusion.excludes(name));
  };

  test('names files and folders as git does, with either line end and with remarks', () => {
    const names = ['a.ts', 'private/a.ts', 'deep/x.gen.ts', 'deep/private/a.ts', '# a remark'];
    assert.deepEqual(excluded('# a remark\r\n/private/\r\n*.gen.ts', names), [
      'private/a.ts',
      'deep/x.gen.ts',
    ]);
  });

  test('may begin with the byte order mark that some editors write', () => {
    assert.deepEqual(excluded('\ufeffprivate/\nother/', ['private/a.ts', 'other/a.ts', 'a.ts']), [
      'private/a.ts',
      'other/a.ts',
    ]);
  });

  test('takes no secret in again, not in its first line either', () => {
    const names = ['.env', 'deep/id_rsa'];
    for (const text of ['!.env\n!id_rsa', '\ufeff!.env\r\n!id_rsa\r\n', 'a\n!**\n!/.env'])
      assert.deepEqual(excluded(text, names), names, JSON.stringify(text));
  });

  test('is empty where there is none, and where a folder has its name', () => {
    assert.deepEqual(ownListOf(path.join(top, 'nowhere')), []);
    mkdirSync(path.join(top, 'odd', OWN_LIST), { recursive: true });
    assert.deepEqual(ownListOf(path.join(top, 'odd')), []);
  });
});

describe('files that git ignores', () => {
  test('are asked of no repository where none is around, and at once', () => {
    assert.equal(new IgnoredFiles().has(write('plain/a.log')), false);
    assert.equal(new IgnoredFiles().has(path.join(top, 'plain', 'not there', 'a.log')), false);
  });

  test('are those of each repository by its own list, and a link counts by both of its ends', async () => {
    write('one/.git/HEAD');
    write('one/.gitignore', '*.log\n');
    write('two/.git/HEAD');
    write('two/.gitignore', '*.tmp\n');
    const files = new IgnoredFiles();
    assert.equal(await files.has(write('one/a.log')), true);
    assert.equal(await files.has(write('two/a.log')), false);
    assert.equal(await files.has(write('two/b.tmp')), true);
    symlinkSync(path.join(top, 'one/a.log'), path.join(top, 'two/linked'));
    assert.equal(await files.has(path.join(top, 'two/linked')), true);
    symlinkSync(write('plain/b'), path.join(top, 'two/named.tmp'));
    assert.equal(await files.has(path.join(top, 'two/named.tmp')), true);
  });

  test('are kept for a minute, or until somebody says that the lists have changed', async () => {
    let now = 1000;
    const files = new IgnoredFiles(() => now);
    write('kept/.git/HEAD');
    const file = write('kept/a.log');
    assert.equal(await files.has(file), false);
    write('kept/.gitignore', '*.log\n');
    now += 59_999;
    assert.equal(await files.has(file), false);
    now += 1;
    assert.equal(await files.has(file), true);
    write('kept/.gitignore', '');
    assert.equal(await files.has(file), true);
    files.reset();
    assert.equal(await files.has(file), false);
  });
});
