import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readSource, splitAt } from '../../../src/cli/source.ts';
import { UserError } from '../../../src/errors.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-source-'));
});
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The user error that `action` ends in. */
async function failure(action: () => unknown): Promise<UserError> {
  let caught: unknown;
  try {
    await action();
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof UserError, String(caught));
  return caught;
}

describe('reading a source file', () => {
  test('gives the text as it stands', async () => {
    const text = 'a\r\nb 🚀\n\tc\ufffd';
    assert.deepEqual(await readSource(fileOf('plain.ts', text)), { text, notice: undefined });
    assert.deepEqual(await readSource(fileOf('empty.ts', '')), { text: '', notice: undefined });
  });

  test('leaves out a byte order mark at the start', async () => {
    assert.equal((await readSource(fileOf('mark.ts', '\ufeffabc\ufeff'))).text, 'abc\ufeff');
  });

  test('takes invalid UTF-8 and says so', async () => {
    for (const bytes of [
      [0x61, 0xff, 0x62],
      // A replacement character that is really there does not hide a broken byte.
      [0xef, 0xbf, 0xbd, 0xff],
    ]) {
      const { text, notice } = await readSource(fileOf('latin.ts', Uint8Array.from(bytes)));
      assert.ok(text.includes('\ufffd'));
      assert.match(notice ?? '', /latin\.ts is not valid UTF-8/);
    }
  });

  test('refuses what is not text, with what to do', async () => {
    const cases: readonly [string, string, RegExp][] = [
      [fileOf('program', Uint8Array.of(0x7f, 0x45, 0, 1)), 'file-binary', /binary file\. Name a text file\./],
      [fileOf('wide.ts', Buffer.from('\ufeffabc', 'utf16le')), 'file-binary', /UTF-16\. Save it as UTF-8\./],
      [path.join(folder, 'nowhere.ts'), 'file-missing', /^There is no file .*nowhere\.ts\. Name/],
      [path.join(fileOf('x.ts', ''), 'y.ts'), 'file-unreadable', /cannot be read/],
      [folder, 'file-unreadable', /is a folder\. Name a text file\./],
      [os.devNull, 'file-unreadable', /is a device\./],
    ];
    for (const [file, reason, message] of cases) {
      const error = await failure(() => readSource(file));
      assert.equal(error.reason, reason, file);
      assert.match(error.message, message);
    }
  });

  test('refuses a file that is too large without reading it', async () => {
    const file = fileOf('large.ts', '');
    truncateSync(file, 65_000_000);
    const error = await failure(() => readSource(file));
    assert.equal(error.reason, 'file-too-large');
    assert.match(error.message, /65 MB.*64 MB/);
  });

  test('takes a folder for what it is even when it is named like a file', async () => {
    mkdirSync(path.join(folder, 'folder.ts'));
    assert.match((await failure(() => readSource(path.join(folder, 'folder.ts')))).message, /folder/);
  });
});

describe('splitting at a cursor', () => {
  const text = 'one\ntwo\r\n\r\nfo🚀r\rlast';
  const prefixAt = (line: number, column: number, of = text) => {
    const { prefix, suffix } = splitAt(of, line, column, 'x.ts');
    assert.equal(prefix + suffix, of);
    return prefix;
  };

  test('counts lines and columns as the editor does', () => {
    assert.equal(prefixAt(1, 1), '');
    assert.equal(prefixAt(1, 4), 'one');
    assert.equal(prefixAt(2, 4), 'one\ntwo');
    assert.equal(prefixAt(3, 1), 'one\ntwo\r\n');
    assert.equal(prefixAt(4, 3), 'one\ntwo\r\n\r\nfo');
    assert.equal(prefixAt(4, 5), 'one\ntwo\r\n\r\nfo🚀');
    assert.equal(prefixAt(5, 5), text);
  });

  test('knows the line behind the last line end, and that of an empty file', () => {
    assert.equal(prefixAt(2, 1, 'one\n'), 'one\n');
    assert.equal(prefixAt(2, 1, 'one\r\n'), 'one\r\n');
    assert.equal(prefixAt(1, 1, ''), '');
  });

  test('says what could be chosen when the cursor is outside', async () => {
    const messages = [
      [6, 1, text, 'x.ts has no line 6: choose one from 1 to 5.'],
      [2, 1, 'one', 'x.ts has no line 2: it has line 1 alone.'],
      [2, 5, text, 'Line 2 of x.ts has no column 5: choose one from 1 to 4.'],
      [3, 2, text, 'Line 3 of x.ts has no column 2: it is empty, so choose column 1.'],
    ] as const;
    for (const [line, column, of, message] of messages) {
      const error = await failure(() => splitAt(of, line, column, 'x.ts'));
      assert.deepEqual([error.reason, error.message], ['position-outside', message]);
    }
  });
});
