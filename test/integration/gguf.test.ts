import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../src/errors.ts';
import { convertGguf, inspectGguf } from '../../src/gguf/convert.ts';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { CausalModel } from '../../src/runtime/causalModel.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { testWidths } from '../../src/runtime/selfTest.ts';
import { Tokenizer } from '../../src/runtime/tokenizer.ts';
import { models } from '../toy/bundled.ts';
import { ggufBytes, type ToyFamily, toyGguf, toyLogits } from '../toy/gguf.ts';
import { Random } from '../toy/random.ts';

/** A GGUF file becomes a folder that the runtime runs, and says what its weights say in plain arithmetic. */

const FAMILIES: readonly ToyFamily[] = [
  { architecture: 'llama', kind: 'Q8_0', tied: true },
  { architecture: 'llama', kind: 'Q4_0', tied: false },
  { architecture: 'qwen2', kind: 'F32', tied: true },
  { architecture: 'qwen3', kind: 'Q8_0', tied: true },
  { architecture: 'granite', kind: 'Q8_0', tied: true },
];
const IDS = Array.from({ length: 24 }, (_, i) => 1 + ((i * 71) % 250));

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-gguf-'));
});
after(() => rmSync(folder, { recursive: true }));

const written = (name: string, bytes: Buffer) => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

describe('a GGUF file', () => {
  for (const [seed, family] of FAMILIES.entries()) {
    test(`of a ${family.architecture} in ${family.kind} says what its weights say`, async () => {
      const { facts, tensors } = toyGguf(seed + 1, family);
      const out = path.join(folder, `toy-${seed}`);
      const progress: number[] = [];
      await convertGguf(written(`toy-${seed}.gguf`, ggufBytes(facts, tensors)), out, {
        onProgress: (done, total) => progress.push(done / total),
      });
      assert.equal(progress.at(-1), 1);
      const model = await CausalModel.load(await openModelFolder(out), { threads: 1, rowMultiple: 2 });
      try {
        assert.equal(model.cachePath, 'written', 'the quick way of keeping keys and values');
        const scores = await model.score(IDS, 'logits');
        const worst = [5, 12, IDS.length].map((length) => {
          const expected = toyLogits(tensors, family.architecture, IDS.slice(0, length));
          return likeness(expected, scores.logits(length - 1));
        });
        // The runtime rounds activations to 8 bits; a wrong order of rows, a missing bias or factor costs far more.
        assert.ok(Math.min(...worst) > 0.998, worst.join());
        assert.equal((await testWidths(model, 50)).widthInvariant, true);
      } finally {
        await model.dispose();
      }
    });
  }

  test('completes, and drafts do not change the text', async () => {
    const pipeline = await loadPipeline({
      model: path.join(folder, 'toy-0'),
      bundled: models,
      pool: [],
      threads: 1,
    });
    try {
      const job = { path: 'a.ts', language: 'typescript', prefix: 'abcabcab', suffix: '', singleLine: false };
      const texts = [];
      for (const policy of ['none', 'rule', 'fixed:suffix', 'fixed:lookup']) {
        const control = {
          policy: policyOf(policy, pipeline),
          signal: new AbortController().signal,
          onPieces: () => undefined,
        };
        const { ids } = await complete(pipeline, { ...job, maxTokens: 40 }, control);
        texts.push(ids.join());
      }
      assert.ok(texts[0]!.split(',').length > 5, texts[0]);
      assert.deepEqual(new Set(texts).size, 1);
    } finally {
      await pipeline.dispose();
    }
  });
});

describe('a SentencePiece vocabulary', () => {
  test('becomes a tokenizer that joins what has the highest score, with a token in front of every text', async () => {
    const { facts, tensors } = toyGguf(3, FAMILIES[0]!);
    const words = ['▁', 'a', 'b', 'c', 'ab', '▁ab', 'bc', '▁abc'];
    const bytes = Array.from(
      { length: 200 },
      (_, i) => `<0x${(i + 32).toString(16).toUpperCase().padStart(2, '0')}>`,
    );
    const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...words];
    while (tokens.length < 257) tokens.push(`w${tokens.length}`);
    const scores = tokens.map((token) => -Math.max(0, words.indexOf(token)));
    const file = written(
      'pieces.gguf',
      ggufBytes(
        {
          ...facts,
          'tokenizer.ggml.model': 'llama',
          'tokenizer.ggml.tokens': tokens,
          'tokenizer.ggml.token_type': { int: tokens.map((_, id) => (id < 3 ? 3 : 1)) },
          'tokenizer.ggml.scores': { int: scores.map((score) => 100 + score) },
          'tokenizer.ggml.bos_token_id': { int: 1 },
          'tokenizer.ggml.eos_token_id': { int: 2 },
        },
        tensors,
      ),
    );
    await convertGguf(file, path.join(folder, 'pieces'));
    const tokenizer = await Tokenizer.load(await openModelFolder(path.join(folder, 'pieces')));
    const spelled = tokenizer.encode(' abc d').map((id) => tokens[id]);
    assert.deepEqual(spelled, ['▁abc', '▁', '<0x64>']);
    assert.deepEqual(
      tokenizer.encode('abcb').map((id) => tokens[id]),
      ['ab', 'c', 'b'],
    );
    const text = Buffer.concat(
      tokenizer.encode(' abc d').map((id) => Buffer.from(tokenizer.vocabulary.bytes(id))),
    );
    assert.equal(text.toString(), ' abc d');
    assert.deepEqual(tokenizer.begin, [1]);
  });
});

describe('a file that cannot be converted', () => {
  const refused = async (file: string, reason: string, message: RegExp) => {
    await assert.rejects(inspectGguf(file), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.reason, reason, error.message);
      assert.match(error.message, message);
      return true;
    });
  };
  const toy = (facts: object) => {
    const made = toyGguf(1, FAMILIES[0]!);
    return ggufBytes({ ...made.facts, ...facts }, made.tensors);
  };

  test('is named with the reason', async () => {
    await refused(path.join(folder, 'nothing.gguf'), 'model-unreadable', /it is not there/);
    await refused(
      written('text.gguf', Buffer.from('<!doctype html>')),
      'model-broken',
      /does not begin as one/,
    );
    await refused(
      written('a.gguf', toy({ 'general.architecture': 'bert' })),
      'model-unsupported',
      /holds a bert/,
    );
    await refused(
      written('b.gguf', toy({ 'llama.expert_count': { int: 8 } })),
      'model-unsupported',
      /mixture/,
    );
    await refused(
      written('c.gguf', toy({ 'llama.rope.scaling.type': 'yarn' })),
      'model-unsupported',
      /«yarn»/,
    );
    await refused(
      written('d.gguf', toy({ 'tokenizer.ggml.pre': 'chinese' })),
      'model-unsupported',
      /«chinese»/,
    );
    await refused(
      written('e.gguf', toy({ 'llama.rope.dimension_count': { int: 8 } })),
      'model-unsupported',
      /part of/,
    );
  });

  test('is refused wherever it ends, and whatever byte of its header is another', async () => {
    const whole = toy({});
    const random = new Random(7);
    for (let round = 0; round < 60; round++) {
      const file = written('broken.gguf', whole);
      if (round % 2 === 0) truncateSync(file, random.int(1, statSync(file).size - 1));
      else {
        const bytes = Buffer.from(whole);
        bytes[random.int(4, 2000)]! ^= 1 << random.int(0, 8);
        writeFileSync(file, bytes);
      }
      try {
        await inspectGguf(file);
        assert.ok(round % 2 === 1, 'a file that was cut is never taken');
      } catch (error) {
        assert.ok(error instanceof UserError, `round ${round}: ${error}`);
      }
    }
  });
});

/** Cosine of the angle between two rows. */
function likeness(a: readonly number[], b: Float32Array): number {
  let [both, left, right] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    both += value * b[i]!;
    left += value * value;
    right += b[i]! * b[i]!;
  }
  return both / Math.sqrt(left * right);
}
