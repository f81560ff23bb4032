import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { writeWhole } from '../../../src/inference/wholeFile.ts';

test('who reads a file that many write at once sees one of their texts, whole, and nothing else is left', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-whole-'));
  try {
    const file = path.join(folder, 'below', 'shared.json');
    const text = (letter: string) => letter.repeat(100_000);
    await writeWhole(file, text('a'));
    let writing = true;
    const writers = Promise.all([...'bcdefg'].map((letter) => writeWhole(file, text(letter)))).finally(() => {
      writing = false;
    });
    let reads = 0;
    do {
      const seen = readFileSync(file, 'utf8');
      assert.equal(seen, text(seen[0] ?? '?'));
      reads++;
      await new Promise((resolve) => setImmediate(resolve));
    } while (writing);
    await writers;
    assert.ok(reads > 1);
    assert.deepEqual(readdirSync(path.dirname(file)), ['shared.json']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
