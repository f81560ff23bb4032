import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { convertGguf, inspectGguf } from '../../../src/gguf/convert.ts';
import { loadOnnxRuntime } from '../../../src/runtime/onnx.ts';
import { type Changes, Files, LLAMA, refusal, toyBytes } from './files.ts';

const files = new Files();
after(() => files.remove());

const json = (...parts: string[]) => JSON.parse(readFileSync(path.join(...parts), 'utf8'));
let folders = 0;
const nextFolder = () => path.join(files.folder, `out-${folders++}`);

async function converted(changes: Changes, options = {}) {
  const file = files.write(toyBytes(changes));
  const out = nextFolder();
  const facts = await convertGguf(file, out, options);
  return { file, out, facts, config: json(out, 'config.json'), card: json(out, 'slipstream.json') };
}

/** Runs the graph of a converted folder on some tokens, without anything before them. */
async function ran(out: string, ids: readonly number[], kept: number) {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const session = await InferenceSession.create(path.join(out, 'onnx', 'model_q8.onnx'), {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const long = (values: readonly number[], dims: readonly number[]) =>
    new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  const empty = session.inputNames.filter((name) => name.startsWith('past_key_values'));
  try {
    return await session.run({
      input_ids: long(ids, [1, ids.length]),
      attention_mask: long(new Array(ids.length).fill(1), [1, ids.length]),
      num_logits_to_keep: long([kept], []),
      ...Object.fromEntries(
        empty.map((name) => [name, new Tensor('float32', new Float32Array(), [1, 2, 0, 16])]),
      ),
    });
  } finally {
    await session.release();
  }
}

describe('a converted folder', () => {
  test('says in the words of the hub what the model is', async () => {
    const { config, facts, card, file, out } = await converted({});
    assert.deepEqual(config, {
      model_type: 'llama',
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 16,
      intermediate_size: 96,
      vocab_size: 257,
      max_position_embeddings: 256,
      rms_norm_eps: 1e-5,
      rope_theta: 100,
      tie_word_embeddings: true,
      eos_token_id: [0],
    });
    assert.deepEqual(await inspectGguf(file), facts);
    const size = readFileSync(path.join(out, 'onnx', 'model_q8.onnx_data')).length;
    assert.ok(facts.bytes > size && facts.licence === 'mit' && facts.name === 'Toy llama');
    assert.deepEqual(card.tasks, ['complete']);
    assert.match(card.description, /Toy llama, converted from \d+\.gguf\.$/);
  });

  test('is named after its file where the header has no name, and talks where it has a template', async () => {
    const facts = {
      'general.name': undefined,
      'general.license': undefined,
      'tokenizer.chat_template': '{}',
    };
    const made = await converted({ facts });
    assert.equal(made.facts.name, path.basename(made.file, '.gguf'));
    assert.equal(made.facts.licence, undefined);
    assert.deepEqual(made.card.tasks, ['complete', 'summarize', 'translate']);
  });

  test('has no more positions than are asked for, or than the model has', async () => {
    assert.equal((await converted({}, { context: 100 })).config.max_position_embeddings, 100);
    assert.equal((await converted({}, { context: 1000 })).config.max_position_embeddings, 256);
  });

  for (const family of [
    { ...LLAMA, tied: false },
    { architecture: 'qwen2', kind: 'F32', tied: true },
    { architecture: 'qwen3', kind: 'Q4_0', tied: false },
  ] as const) {
    const { architecture, tied } = family;
    test(`has a graph of a ${architecture} that runs, ${tied ? 'with one' : 'with a head of its own'}`, async () => {
      const { out, config } = await converted({ family });
      assert.equal(config.tie_word_embeddings, tied);
      const { logits, argmax, ...caches } = await ran(out, [5, 6, 7], 2);
      assert.deepEqual(logits!.dims, [1, 2, 257]);
      const rows = [0, 1].map((row) => [...(logits!.data as Float32Array).slice(row * 257, (row + 1) * 257)]);
      const best = rows.map((row) => row.indexOf(Math.max(...row)));
      assert.deepEqual(Array.from(argmax!.data as BigInt64Array, Number), best);
      assert.ok(rows.flat().every(Number.isFinite));
      const names = [0, 1].flatMap((layer) => [`present.${layer}.key`, `present.${layer}.value`]);
      assert.deepEqual(Object.keys(caches).sort(), names);
      for (const name of names) assert.deepEqual(caches[name]!.dims, [1, 2, 3, 16], 'a head for two');
    });
  }
});

describe('a conversion', () => {
  test('tells how far it is, up to all that there is', async () => {
    const told: (readonly [number, number])[] = [];
    await converted({}, { onProgress: (done: number, total: number) => told.push([done, total]) });
    const totals = new Set(told.map(([, total]) => total));
    assert.equal(totals.size, 1);
    assert.deepEqual(told.at(-1), [[...totals][0], [...totals][0]]);
    for (const [i, [done]] of told.entries()) assert.ok(done > (told[i - 1]?.[0] ?? 0), 'it only grows');
  });

  test('that is called off gives the reason, and a later one into the same folder is whole', async () => {
    const file = files.write(toyBytes());
    const out = nextFolder();
    const controller = new AbortController();
    const reason = new Error('called off');
    const onProgress = () => controller.abort(reason);
    await assert.rejects(convertGguf(file, out, { onProgress, signal: controller.signal }), reason);
    assert.ok(!existsSync(path.join(out, 'config.json')), 'what is half-written is no model');
    await convertGguf(file, out);
    const fresh = nextFolder();
    await convertGguf(file, fresh);
    for (const name of ['onnx/model_q8.onnx', 'onnx/model_q8.onnx_data', 'tokenizer.json', 'config.json']) {
      assert.deepEqual(readFileSync(path.join(out, name)), readFileSync(path.join(fresh, name)), name);
    }
  });

  test('makes no folder for a file that cannot be used', async () => {
    for (const facts of [
      { 'general.architecture': 'bert' },
      { 'tokenizer.ggml.pre': 'unheard-of' },
      { 'llama.feed_forward_length': { int: 64 } },
    ]) {
      const out = nextFolder();
      const file = files.write(toyBytes({ facts }));
      const reason = 'llama.feed_forward_length' in facts ? 'model-broken' : 'model-unsupported';
      await assert.rejects(convertGguf(file, out), refusal(reason, /cannot be used/, file));
      await assert.rejects(inspectGguf(file), refusal(reason, /cannot be used/, file));
      assert.ok(!existsSync(out));
    }
  });

  test('needs query, key and value to have biases together', async () => {
    const family = { architecture: 'qwen2', kind: 'F32', tied: true } as const;
    const file = files.write(toyBytes({ family, tensors: (all) => all.delete('blk.0.attn_q.bias') }));
    await assert.rejects(inspectGguf(file), refusal('model-unsupported', /no tensor blk\.0\.attn_q\.bias/));
  });
});
