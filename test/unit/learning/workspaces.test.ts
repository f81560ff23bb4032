import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SuffixIndex } from '../../../src/engine/drafts/copying/suffixIndex.ts';
import { UserError } from '../../../src/errors.ts';
import { Workspaces } from '../../../src/learning/workspaces.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';

const encode = (text: string) => Array.from(text, (letter) => letter.codePointAt(0)!);
const tokenizer = { encode } as unknown as Tokenizer;

/** A source file whose lines no other has. */
const source = (name: string) =>
  Array.from({ length: 30 }, (_, i) => `const ${name}${i} = compute(${i});`).join('\n');

const prompt = (file: string, prefix: string, suffix: string) => ({
  id: file,
  task: 'complete' as const,
  language: 'typescript',
  path: file,
  prefix,
  suffix,
});

describe('the workspaces of prompts', () => {
  let folder: string;
  let folders: string[];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipstream-workspaces-'));
    folders = ['one', 'two'].map((name) => path.join(folder, name));
    const files = {
      'one/src/a.ts': source('a'),
      'one/src/b.ts': source('b'),
      'one/lib/a.ts': source('a'),
      'two/lib/c.ts': source('c'),
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
  });
  after(() => rm(folder, { recursive: true }));

  const holds = (index: SuffixIndex, text: string) => {
    const tokens = encode(text);
    return index.find(tokens)?.length === Math.min(tokens.length, 64);
  };

  test('hold the other files of a prompt, no copy of its own, and not what is to be written', async () => {
    const index = new SuffixIndex(2 ** 22);
    const workspaces = await Workspaces.read(folders, tokenizer);
    workspaces.fill(index, prompt('src/a.ts', 'before the cursor', 'after the cursor'));
    assert.equal(index.count, 2);
    assert.ok(index.has('src/a.ts') && index.has('src/b.ts'));
    assert.ok(holds(index, 'before the cursora') && holds(index, 'after the curso'));
    assert.ok(holds(index, 'const b7 = compute(7)'));
    assert.ok(!holds(index, 'const a7 = compute(7)'));
  });

  test('leave nothing of one workspace, or of one cursor, for the next', async () => {
    const index = new SuffixIndex(2 ** 22);
    const workspaces = await Workspaces.read(folders, tokenizer);
    workspaces.fill(index, prompt('src/a.ts', 'before the cursor', 'after the cursor'));
    workspaces.fill(index, prompt('src/b.ts', 'in another file', ''));
    assert.ok(holds(index, 'const a7 = compute(7)') && !holds(index, 'before the cursor'));
    workspaces.fill(index, prompt('lib/c.ts', 'elsewhere', ''));
    assert.equal(index.count, 1);
    assert.ok(!holds(index, 'const a7 = compute(7)') && !holds(index, 'in another file'));
  });

  test('show as many files as fit where a workspace is large', async () => {
    const index = new SuffixIndex(2 ** 22);
    const size = source('a').length;
    const workspaces = await Workspaces.read(folders.slice(0, 1), tokenizer, 2.5 * size);
    workspaces.fill(index, prompt('src/b.ts', 'before the cursor', ''));
    assert.equal(index.count, 3);
    const fewer = await Workspaces.read(folders.slice(0, 1), tokenizer, 1.5 * size);
    const small = new SuffixIndex(2 ** 22);
    fewer.fill(small, prompt('src/b.ts', 'before the cursor', ''));
    assert.deepEqual([small.count, small.has('src/b.ts'), small.has('lib/a.ts')], [2, true, true]);
  });

  test('are the own file where none is named', async () => {
    const index = new SuffixIndex(2 ** 22);
    const workspaces = await Workspaces.read([], tokenizer);
    const first = prompt('src/a.ts', 'before the cursor', 'after the cursor');
    workspaces.fill(index, first);
    workspaces.fill(index, prompt('lib/c.ts', 'elsewhere', ''));
    assert.deepEqual([index.count, index.has('lib/c.ts')], [1, true]);
    const alone = workspaces.alone(first);
    assert.deepEqual([alone.count, alone.has('src/a.ts')], [1, true]);
  });

  test('name a prompt that was cut from somewhere else', async () => {
    const workspaces = await Workspaces.read(folders, tokenizer);
    assert.throws(
      () => workspaces.fill(new SuffixIndex(2 ** 20), prompt('src/d.ts', 'x', '')),
      (error: unknown) =>
        error instanceof UserError &&
        error.reason === 'no-workspace' &&
        error.message.startsWith('src/d.ts is in none'),
    );
  });
});
