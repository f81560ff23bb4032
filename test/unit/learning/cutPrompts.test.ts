import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { cutPrompts } from '../../../src/learning/cutPrompts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-cut-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

const source = (lines: number) =>
  Array.from({ length: lines }, (_, i) => `    const value${i} = ${i} * 2;\n`).join('');

describe('prompts cut from sources', () => {
  test('stand at cursors of the text: before them the prefix, behind the rest of the line what is expected', async () => {
    const text = source(400);
    put('src/a.ts', text);
    const prompts = await cutPrompts(folder);
    assert.ok(prompts.length >= 2);
    for (const { id, prefix, suffix, expected = '', language } of prompts) {
      const at = Number(id.split(':')[1]);
      assert.ok(at >= 200 && text.slice(0, at).endsWith(prefix) && prefix.length <= 6000);
      assert.ok(text.slice(at).startsWith(expected + suffix) && suffix.length <= 2000);
      assert.ok(!expected.includes('\n') && (suffix === '' || suffix.startsWith('\n')));
      assert.equal(language, 'typescript');
    }
  });

  test('are the same each time, with names that are all different', async () => {
    for (const name of ['b/c.py', 'a.go', 'b/a.py']) put(name, source(60));
    const prompts = await cutPrompts(folder);
    assert.deepEqual(await cutPrompts(folder), prompts);
    assert.equal(new Set(prompts.map(({ id }) => id)).size, prompts.length);
    assert.deepEqual([...new Set(prompts.map((prompt) => prompt.path))], ['a.go', 'b/a.py', 'b/c.py']);
    assert.ok(
      prompts.some(({ prefix }) => /\n {4}$/.test(prefix)),
      'none behind an indentation',
    );
  });

  test('leave out what nobody writes, and nothing else', async () => {
    for (const name of [
      'node_modules/x/a.js',
      'dist/a.js',
      '.git/a.js',
      'x.min.js',
      'package-lock.json',
      'pnpm-lock.yaml',
    ])
      put(name, source(60));
    for (const name of ['clock.ts', 'blocks/blocked.py', 'sub/unlock.go']) put(name, source(60));
    put('notes.txt', source(60));
    put('long.ts', source(9000));
    const paths = new Set((await cutPrompts(folder)).map((prompt) => prompt.path));
    assert.deepEqual([...paths], ['blocks/blocked.py', 'clock.ts', 'sub/unlock.go']);
  });

  test('have line ends of one kind', async () => {
    put('a.c', source(60).replace(/\n/g, '\r\n'));
    for (const { prefix, suffix } of await cutPrompts(folder))
      assert.ok(!`${prefix}${suffix}`.includes('\r'));
  });

  test('are missed with a clear word where there are no sources', async () => {
    put('short.ts', 'const a = 1;\n');
    await assert.rejects(cutPrompts(folder), (error) => {
      assert.ok(error instanceof UserError && error.reason === 'no-sources');
      assert.ok(error.message.includes(folder));
      return true;
    });
  });
});
