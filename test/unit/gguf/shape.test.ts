import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { isInterleaved, shapeOf } from '../../../src/gguf/shape.ts';
import type { ToyTensor } from '../../toy/gguf.ts';
import { type Changes, Files, LLAMA, refusal } from './files.ts';

const files = new Files();
after(() => files.remove());

const shape = (changes: Changes = {}) => files.with(changes, shapeOf);

/** A tensor of ones. */
const ones = (rows: number, columns: number): ToyTensor => ({
  rows,
  columns,
  values: new Float32Array(rows * columns).fill(1),
  kind: 'F32',
});
const having = (name: string, tensor: ToyTensor): Changes => ({ tensors: (all) => all.set(name, tensor) });

describe('the shape of a model', () => {
  test('is what the header says, with what is usual where it says nothing', async () => {
    assert.deepEqual(await shape(), {
      architecture: 'llama',
      width: 64,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      headSize: 16,
      feedForward: 96,
      vocabulary: 257,
      context: 256,
      ropeTheta: 100,
      ropeDivisor: 1,
      epsilon: 1e-5,
      scales: { embedding: 1, residual: 1, logits: 1, attention: 0.25 },
      tied: true,
    });
    const bare = await shape({ facts: { 'llama.rope.freq_base': undefined } });
    assert.equal(bare.ropeTheta, 10_000);
  });

  test('has the factors of a family that puts some on its stream', async () => {
    const { scales } = await shape({ family: { ...LLAMA, architecture: 'granite' } });
    assert.deepEqual(scales, { embedding: 3, residual: 0.5, logits: 2, attention: 0.125 });
  });

  test('knows a head of its own, and whose rows stand in neighbouring pairs', async () => {
    assert.equal((await shape({ family: { ...LLAMA, tied: false } })).tied, false);
    for (const [architecture, pairs] of [
      ['llama', true],
      ['granite', true],
      ['qwen2', false],
      ['qwen3', false],
    ] as const) {
      assert.equal(isInterleaved(await shape({ family: { ...LLAMA, architecture } })), pairs, architecture);
    }
  });

  test('sees no further than its window, and divides positions that are stretched evenly', async () => {
    const of = async (key: string, value: number) =>
      (await shape({ facts: { [`llama.${key}`]: { int: value } } })).context;
    assert.equal(await of('attention.sliding_window', 100), 100);
    assert.equal(await of('attention.sliding_window', 1000), 256);
    const factor = { 'llama.rope.scaling.factor': { int: 4 } };
    assert.equal((await shape({ facts: factor })).ropeDivisor, 1, 'a factor without a way means nothing');
    const linear = { ...factor, 'llama.rope.scaling.type': 'linear' };
    assert.equal((await shape({ facts: linear })).ropeDivisor, 4);
  });
});

describe('a model whose graph cannot be written', () => {
  for (const [facts, message] of [
    [{ 'general.architecture': 'mamba' }, /it holds a mamba, and only llama, granite, qwen2 and qwen3 can/],
    [{ 'general.architecture': undefined }, /it holds a nothing/],
    [{ 'general.architecture': 'toString' }, /it holds a toString/],
    [{ 'split.count': { int: 2 } }, /one of several parts; join them/],
    [{ 'llama.expert_count': { int: 8 } }, /a mixture of experts/],
    [{ 'llama.rope.scaling.type': 'longrope' }, /stretches positions by «longrope»/],
    [{ 'llama.rope.dimension_count': { int: 8 } }, /only a part of each head is turned/],
    [{ 'llama.attention.value_length': { int: 32 } }, /keys and values have different sizes/],
    [{ 'llama.attention.head_count': { int: [4, 2] } }, /layers have different sizes/],
    [{ 'llama.attention.head_count_kv': { int: [2, 1] } }, /layers have different sizes/],
    [{ 'llama.feed_forward_length': { int: [96, 64] } }, /layers have different sizes/],
    [{ 'llama.attention.head_count_kv': { int: 3 } }, /cannot be shared out evenly/],
    [{ 'llama.attention.head_count': { int: 0 } }, /cannot be shared out evenly/],
    [{ 'llama.embedding_length': { int: 60 } }, /heads are 15 numbers wide/],
    [{ 'llama.block_count': { int: 0 } }, /it has 0 layers/],
    [{ 'llama.block_count': { int: 2 ** 32 - 1 } }, /it has 4294967295 layers/],
    [{ 'llama.block_count': { int: 3 } }, /it has no tensor blk\.2\./],
    [{ 'llama.context_length': undefined }, /no number llama\.context_length/],
    [{ 'llama.attention.layer_norm_rms_epsilon': 'small' }, /no number llama\.attention\.layer_norm/],
  ] as const) {
    test(`${JSON.stringify(facts)} is refused`, async () => {
      await assert.rejects(shape({ facts }), refusal('model-unsupported', message));
    });
  }

  test('is refused for a bias that would be left out', async () => {
    for (const name of ['blk.1.attn_output.bias', 'blk.0.ffn_down.bias', 'output.bias']) {
      await assert.rejects(
        shape(having(name, ones(1, 64))),
        refusal('model-unsupported', new RegExp(`${name} has no place in the graph`)),
      );
    }
  });

  test('is refused where rows are not whole blocks', async () => {
    const facts = { 'llama.feed_forward_length': { int: 40 } };
    const tensors = (all: Map<string, ToyTensor>) => {
      for (const layer of [0, 1]) {
        for (const part of ['gate', 'up']) all.set(`blk.${layer}.ffn_${part}.weight`, ones(40, 64));
        all.set(`blk.${layer}.ffn_down.weight`, ones(64, 40));
      }
    };
    await assert.rejects(
      shape({ facts, tensors }),
      refusal('model-unsupported', /rows of blk\.0\.ffn_down\.weight are no multiple of 32/),
    );
  });
});

describe('a header that lies about its tensors', () => {
  for (const [name, tensor] of [
    ['blk.0.attn_k.weight', ones(32, 96)],
    ['blk.1.attn_q.weight', ones(32, 64)],
    ['blk.1.ffn_up.weight', ones(95, 64)],
    ['blk.0.ffn_norm.weight', ones(1, 63)],
    ['blk.0.attn_q.bias', ones(1, 63)],
    ['blk.0.attn_q_norm.weight', ones(1, 8)],
    ['rope_freqs.weight', ones(1, 7)],
    ['output.weight', ones(256, 64)],
    ['token_embd.weight', ones(257, 32)],
  ] as const) {
    test(`is found by ${name} of ${tensor.rows} x ${tensor.columns}`, async () => {
      await assert.rejects(
        shape(having(name, tensor)),
        refusal('model-broken', new RegExp(`${name} has another shape than the header says`)),
      );
    });
  }

  test('is found by a tensor that is not there', async () => {
    for (const name of ['output_norm.weight', 'blk.1.attn_v.weight', 'token_embd.weight']) {
      await assert.rejects(
        shape({ tensors: (all) => all.delete(name) }),
        refusal('model-unsupported', new RegExp(`it has no tensor ${name}`)),
      );
    }
  });
});
