import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openCheckedFiles } from '../../../src/inference/checkedFiles.ts';

const look = { bytes: 10, modified: 1000, changed: 2000, sha256: 'ab' };

let top: string;
before(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'slipstream-checked-'));
});
after(() => rmSync(top, { recursive: true }));

let places = 0;
/** A memory in a folder of its own, opened as often as windows are. */
function memory() {
  const folder = path.join(top, String(places++));
  mkdirSync(folder);
  const lines: string[] = [];
  return {
    file: path.join(folder, 'checked.json'),
    lines,
    open: () => openCheckedFiles(folder, (line) => lines.push(line)),
  };
}

describe('the memory of files that were found right', () => {
  test('knows a file for as long as nothing of it looks otherwise', async () => {
    const { open } = memory();
    const first = await open();
    assert.equal(first.knows('/a', look), false);
    await first.remember(new Map([['/a', look]]));
    for (const checked of [first, await open()]) {
      assert.equal(checked.knows('/a', { ...look }), true);
      assert.equal(checked.knows('/b', look), false);
      for (const other of [{ bytes: 11 }, { modified: 1001 }, { changed: 2001 }, { sha256: 'ac' }])
        assert.equal(checked.knows('/a', { ...look, ...other }), false, JSON.stringify(other));
    }
  });

  test('keeps what another window wrote meanwhile', async () => {
    const { open } = memory();
    const [one, two] = [await open(), await open()];
    await one.remember(new Map([['/a', look]]));
    await two.remember(new Map([['/b', look]]));
    const third = await open();
    assert.ok(third.knows('/a', look) && third.knows('/b', look));
  });

  test('forgets the oldest of very many, and not one that was found right again', async () => {
    const { open } = memory();
    const checked = await open();
    const many = (from: number, count: number) =>
      new Map(Array.from({ length: count }, (_, i) => [`/file ${from + i}`, look] as const));
    await checked.remember(many(0, 500));
    await checked.remember(new Map([['/file 0', { ...look, bytes: 11 }]]));
    await checked.remember(many(500, 2));
    const later = await open();
    assert.equal(later.knows('/file 0', { ...look, bytes: 11 }), true);
    assert.deepEqual(
      [1, 2, 3, 501].map((i) => later.knows(`/file ${i}`, look)),
      [false, false, true, true],
    );
  });

  test('that is damaged or of another build knows nothing, and is written anew', async () => {
    const whole = JSON.stringify({ version: 1, files: { '/a': look } });
    const texts = [
      whole.slice(0, -3),
      whole.replace('"version":1', '"version":2'),
      JSON.stringify({ version: 1, files: { '/a': { ...look, bytes: '10' } } }),
      '[]',
      '',
    ];
    for (const text of texts) {
      const { open, file } = memory();
      writeFileSync(file, text);
      const checked = await open();
      assert.equal(checked.knows('/a', look), false, text);
      await checked.remember(new Map([['/a', look]]));
      assert.equal(readFileSync(file, 'utf8'), whole);
    }
  });

  test('that cannot be written serves this window all the same, and the log says so', async () => {
    const { open, file, lines } = memory();
    mkdirSync(path.join(file, 'in the way'), { recursive: true });
    const checked = await open();
    await checked.remember(new Map([['/a', look]]));
    assert.equal(checked.knows('/a', look), true);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^Which files were checked could not be kept in .*checked\.json \(.+\)\.$/);
    assert.ok(existsSync(path.join(file, 'in the way')));
  });
});
