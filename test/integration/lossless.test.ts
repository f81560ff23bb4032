import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DecodeResult, Piece } from '../../src/engine/decoder.ts';
import { UserError } from '../../src/errors.ts';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { languageOf } from '../../src/prompts/language.ts';
import { models, root } from '../toy/bundled.ts';
import { Random } from '../toy/random.ts';

/** Whatever drafts: the bundled models must write, byte for byte, what they write without any. */

interface Cursor {
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
}

const python = `import os


def read_lines(path):
    """Yield the lines of a file without their ends."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\\n")


def count_words(path):
    counts = {}
    for line in read_lines(path):
        for word in line.split():
            counts[word] = counts.get(word, 0) + 1
    return counts


def count_lines(path):
    counts = {}
    for line in read_lines(path):
`;
const markdown = `# Größe and naïve tests 🚀

| option | meaning |
|---|---|
| \`--line\` | line of the cursor |
| \`--column\` | column of the cursor |

## How it works

The draft proposes tokens, the target ve`;
const script = `const total = items.reduce((sum, item) => sum + item.price, 0);
const count = items.reduce((sum, item) => sum + item.count, 0);
const weight = items.red`;

function cursors(): Cursor[] {
  const random = new Random(11);
  const list: Cursor[] = [
    { path: 'tools/words.py', prefix: python, suffix: '' },
    { path: 'README.md', prefix: markdown, suffix: '\n' },
    { path: 'shop/cart.js', prefix: script, suffix: '\nreturn total;\n' },
    { path: 'empty.ts', prefix: '', suffix: '' },
    { path: 'crlf.ts', prefix: 'function a() {\r\n  return 1;\r\n}\r\n\r\nfunction b() {\r\n', suffix: '' },
  ];
  for (const file of [
    'src/engine/decoder.ts',
    'src/engine/drafts/copying/suffixAutomaton.ts',
    'src/cli/source.ts',
  ]) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (let i = 0; i < 2; i++) {
      const at = random.int(200, text.length - 200);
      list.push({ path: file, prefix: text.slice(0, at), suffix: text.slice(at) });
    }
  }
  return list;
}

const MAX_TOKENS = 32;

async function run(pipeline: Pipeline, cursor: Cursor, policy: string, singleLine = false) {
  const pieces: Piece[] = [];
  const job = { ...cursor, language: languageOf(cursor.path), singleLine, maxTokens: MAX_TOKENS };
  const result = await complete(pipeline, job, {
    policy: policyOf(policy, pipeline),
    signal: new AbortController().signal,
    onPieces: (some) => pieces.push(...some),
  });
  assert.equal(pieces.map(({ text }) => text).join(''), result.text);
  return result;
}

const essence = ({ text, finish, ids, tokens }: DecodeResult) => ({ text, finish, ids, tokens });

describe('the bundled models', () => {
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await loadPipeline({ model: 'tiny', bundled: models, pool: [], threads: 0 });
  });
  after(() => pipeline.target.dispose());

  test('load with all their drafts', () => {
    const ids = pipeline.drafts.map(({ id }) => id);
    for (const id of ['lookup', 'suffix', 'edit', 'ngram', 'ensemble:stack']) assert.ok(ids.includes(id), id);
    assert.ok(pipeline.selfTest.widthInvariant);
    assert.deepEqual([...pipeline.loaded.problems, ...pipeline.loaded.notices], []);
    assert.ok(pipeline.memory, 'the workspace memory is on for the bundled target');
  });

  test('write the same text with every draft and policy as with none', async () => {
    const arms = [
      ...[...pipeline.drafts, ...pipeline.draftsByName].map(({ id }) => id),
      'policy',
      'suffix@1',
      'suffix@63',
      'lookup@16',
      'ngram@1',
      'ngram@8',
    ];
    let accepted = 0;
    let changed = 0;
    for (const [i, cursor] of cursors().entries()) {
      // What an editor has in its index: the file itself, and others from which it may be copied.
      pipeline.index.put(cursor.path, pipeline.tokenizer.encode(cursor.prefix + cursor.suffix));
      const expected = essence(await run(pipeline, cursor, 'none'));
      const bare = { ...pipeline, memory: undefined };
      const without = essence(await run(bare, cursor, 'none'));
      if (without.text !== expected.text) changed++;
      if (i % 3 === 0) assert.deepEqual(essence(await run(bare, cursor, 'policy')), without, cursor.path);
      // Not every arm at every cursor, but each at several, to keep this short.
      for (const [j, arm] of arms.entries()) {
        if ((i + j) % 3 !== 0) continue;
        const result = await run(pipeline, cursor, arm);
        assert.deepEqual(essence(result), expected, `${cursor.path} ${arm}`);
        accepted += result.accepted;
      }
      if (i % 4 === 0) {
        const line = await run(pipeline, cursor, 'none', true);
        assert.deepEqual(essence(await run(pipeline, cursor, 'policy', true)), essence(line), cursor.path);
        assert.ok(!line.text.includes('\n'));
      }
    }
    assert.ok(accepted > 100, `drafts were right ${accepted} times`);
    assert.ok(changed > 2, `the memory changed ${changed} texts`);
  });

  test('depend on the index as it stands, and on nothing that was asked before', async () => {
    const lines = ['  total += basket.weigh(fruit);', '  total -= basket.waste(fruit);'];
    const prefix = 'export function weight(basket) {\n  let total = 0;\n  for (const fruit of basket) ';
    const cursor = { path: 'fruit.js', prefix: `${prefix}total +=`, suffix: '\n}\n' };
    const before = essence(await run(pipeline, cursor, 'policy', true));
    pipeline.index.put('other.js', pipeline.tokenizer.encode(`${prefix}${lines.join('\n').trim()}\n`));
    const copied = await run(pipeline, cursor, 'none', true);
    assert.match(copied.text, /^ basket\.weigh\(fruit\);/);
    assert.deepEqual(essence(await run(pipeline, cursor, 'policy', true)), essence(copied));
    pipeline.index.remove('other.js');
    assert.deepEqual(essence(await run(pipeline, cursor, 'policy', true)), before);
  });

  test('tell drafts which file of the index is being completed', async () => {
    const seen: unknown[] = [];
    const drafts = pipeline.drafts.map((draft) => ({
      id: draft.id,
      languages: draft.languages,
      open: (context: Parameters<typeof draft.open>[0]) => {
        seen.push(context.own);
        return draft.open(context);
      },
    }));
    await run({ ...pipeline, drafts }, { path: 'shop/cart.js', prefix: script, suffix: '' }, 'suffix');
    assert.deepEqual([...new Set(seen)], ['shop/cart.js']);
  });

  test('go without a memory where its weights cannot be read, and say so in a sentence', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-models-'));
    const load = { bundled: folder, pool: ['lookup'], threads: 1, model: path.join(models, 'target') };
    try {
      const broken = await loadPipeline({ ...load, memory: 'on' });
      assert.equal(broken.memory, undefined);
      assert.match(
        broken.loaded.problems.join('\n'),
        /memory\.json cannot be read.* Workspace memory is off\.$/,
      );
      await broken.dispose();
      for (const memory of ['auto', 'off'] as const) {
        const other = await loadPipeline({ ...load, memory });
        assert.equal(other.memory, undefined);
        assert.deepEqual(other.loaded.problems, []);
        await other.dispose();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('have a policy of their own with and without a memory', async () => {
    const options = { model: 'tiny', bundled: models, pool: ['lookup'], threads: 1, memory: 'off' } as const;
    const forgetful = await loadPipeline(options);
    assert.equal(forgetful.memory, undefined);
    assert.ok(pipeline.memory && pipeline.policy && forgetful.policy);
    assert.notDeepEqual(forgetful.policy, pipeline.policy);
    await forgetful.dispose();
  });

  test('write the same text from a kept cache as from an empty one', async () => {
    const text = readFileSync(path.join(root, 'src/engine/output.ts'), 'utf8');
    for (const at of [600, 601, 605, 603, 900]) {
      const cursor = { path: 'src/engine/output.ts', prefix: text.slice(0, at), suffix: '' };
      const kept = essence(await run(pipeline, cursor, 'policy'));
      pipeline.target.truncate(0);
      assert.deepEqual(essence(await run(pipeline, cursor, 'policy')), kept, `${at}`);
    }
  });

  test('end where the context ends', async () => {
    const prefix = readFileSync(path.join(root, 'src/inference/pipeline.ts'), 'utf8');
    const job = {
      path: 'a.ts',
      language: 'typescript',
      prefix,
      suffix: '',
      singleLine: false,
      maxTokens: 4000,
    };
    const results = [];
    for (const name of ['none', 'suffix']) {
      const control = {
        policy: policyOf(name, pipeline),
        signal: AbortSignal.timeout(60_000),
        onPieces: () => undefined,
      };
      results.push(essence(await complete(pipeline, job, control)));
    }
    assert.deepEqual(results[0], results[1]);
    assert.ok(pipeline.target.length < pipeline.target.contextLength);
  });

  test('decode without drafts where the self-test fails, and still know which drafts there are', () => {
    const failing = { ...pipeline, selfTest: { ...pipeline.selfTest, widthInvariant: false } };
    for (const name of ['policy', 'suffix', 'ngram@3', 'none'])
      assert.equal(policyOf(name, failing).id, 'none');
    assert.throws(() => policyOf('nothing', failing), UserError);
    assert.notEqual(policyOf('suffix', pipeline).id, 'none');
  });

  test('say so when a draft is not there', () => {
    for (const name of ['nothing', 'suffix@0', 'suffix@x', 'fixed:', '']) {
      assert.throws(
        () => policyOf(name, pipeline),
        (error) => {
          assert.ok(error instanceof UserError && error.reason === 'unknown-draft');
          assert.match(error.message, /Choose among: .*suffix/);
          return true;
        },
        name,
      );
    }
  });
});

test('the number of threads does not change the text, with or without drafts', async () => {
  const texts: string[] = [];
  for (const threads of [1, 2, 3]) {
    const pipeline = await loadPipeline({ model: 'tiny', bundled: models, pool: [], threads });
    for (const arm of ['none', 'policy']) {
      const results = [];
      for (const cursor of cursors().slice(0, 6)) results.push(essence(await run(pipeline, cursor, arm)));
      texts.push(JSON.stringify(results));
    }
    await pipeline.dispose();
  }
  assert.equal(new Set(texts).size, 1);
});

describe('a model from elsewhere', () => {
  for (const [form, memory] of [
    ['gqa', 'auto'],
    ['gqa', 'on'],
    ['concat', 'on'],
  ] as const) {
    test(`takes the same path, with a graph of the form ${form} and the memory ${memory}`, async () => {
      const folder = path.join(root, 'test/fixtures/models', form);
      const load = { model: folder, bundled: models, pool: [], threads: 1 };
      const pipeline = await loadPipeline({ ...load, memory });
      assert.equal(pipeline.memory !== undefined, memory === 'on');
      // The bundled table was made for other tokens: it drafts text.
      assert.ok(pipeline.loaded.drafts.some(({ id, loaded }) => id === 'ngram' && loaded));
      assert.deepEqual(pipeline.loaded.notices, []);
      for (const cursor of cursors().slice(0, 5)) {
        const expected = essence(await run(pipeline, cursor, 'none'));
        for (const arm of ['lookup', 'suffix', 'suffix@16', 'ngram@4', 'ensemble:stack', 'policy']) {
          assert.deepEqual(essence(await run(pipeline, cursor, arm)), expected, `${cursor.path} ${arm}`);
        }
      }
      await pipeline.target.dispose();
    });
  }
});
