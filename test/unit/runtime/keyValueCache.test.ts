import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import type { GraphForm } from '../../../src/runtime/graph.ts';
import { concatenatedCache, type KeyValueCache, sharedCache } from '../../../src/runtime/keyValueCache.ts';
import { loadOnnxRuntime, type OrtModule } from '../../../src/runtime/onnx.ts';
import { Random } from '../../toy/random.ts';

const HEADS = 3;
const SIZE = 2;
const SIDES = { type: 'float32', dims: [1, HEADS, 0, SIZE], axis: 2 } as const;
const form: GraphForm = {
  layers: [
    { past: 'past_key_values.0.key', present: 'present.0.key', ...SIDES },
    { past: 'past_key_values.0.value', present: 'present.0.value', ...SIDES },
  ],
  states: [],
  logitsType: 'float32',
  argmax: undefined,
  vocabulary: 8,
  taps: [],
  tapWidth: 0,
  inputs: new Map(),
};

/** What a graph that concatenates gives: all that was fed, and behind it entries made of the new tokens. */
function concatenate(ort: OrtModule, cache: KeyValueCache, length: number, tokens: readonly number[]): void {
  const feeds = cache.feeds(length);
  const results: Record<string, Tensor> = {};
  for (const [layer, { past, present }] of form.layers.entries()) {
    const fed = feeds[past]!;
    assert.deepEqual(
      [...fed.dims],
      [1, HEADS, length, SIZE],
      'the past that is fed has the length that is valid',
    );
    const data: number[] = [];
    for (let head = 0; head < HEADS; head++) {
      data.push(...(fed.data as Float32Array).slice(head * length * SIZE, (head + 1) * length * SIZE));
      for (const token of tokens) for (let i = 0; i < SIZE; i++) data.push(entry(token, layer, head, i));
    }
    results[present] = new ort.Tensor('float32', Float32Array.from(data), [
      1,
      HEADS,
      length + tokens.length,
      SIZE,
    ]);
  }
  cache.store(results, length + tokens.length, false);
}

const entry = (token: number, layer: number, head: number, i: number) =>
  token * 100 + layer * 10 + head * SIZE + i;

describe('the cache of a graph that concatenates', () => {
  test('holds exactly the entries of the tokens that are kept, through passes and roll-backs', async () => {
    const ort = await loadOnnxRuntime();
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed);
      const cache = concatenatedCache(ort, form);
      let kept: number[] = [];
      for (let pass = 0; pass < 8; pass++) {
        const tokens = random.list(random.int(1, 4), () => random.int(1, 99));
        concatenate(ort, cache, kept.length, tokens);
        kept = [...kept, ...tokens].slice(0, random.int(0, kept.length + tokens.length));
      }
      const feeds = cache.feeds(kept.length);
      for (const [layer, { past }] of form.layers.entries()) {
        const expected: number[] = [];
        for (let head = 0; head < HEADS; head++) {
          for (const token of kept)
            for (let i = 0; i < SIZE; i++) expected.push(entry(token, layer, head, i));
        }
        assert.deepEqual([...(feeds[past]!.data as Float32Array)], expected, `seed ${seed}`);
      }
    }
  });

  test('is cut at the side of the tokens, wherever that is, and in 16 bits too', async () => {
    const ort = await loadOnnxRuntime();
    const cases = [
      { dims: [2, 1, 2, 0, 1], axis: 3, kept: [0, 1, 3, 4, 6, 7, 9, 10] },
      { dims: [1, 0, 4], axis: 1, kept: [0, 1, 2, 3, 4, 5, 6, 7] },
      { dims: [4, 1, 0], axis: 2, kept: [0, 1, 3, 4, 6, 7, 9, 10] },
    ];
    for (const { dims, axis, kept } of cases) {
      const layer = { past: 'past_0', present: 'present_0', type: 'float16', dims, axis } as const;
      const cache = concatenatedCache(ort, { ...form, layers: [layer] });
      const full = dims.map((side, at) => (at === axis ? 3 : side));
      const data = Uint16Array.from({ length: 12 }, (_, i) => i);
      cache.store({ present_0: new ort.Tensor('float16', data, full) }, 3, false);
      const fed = cache.feeds(2).past_0!;
      const { buffer, byteOffset, length } = fed.data as Uint16Array;
      assert.deepEqual(
        [...fed.dims],
        dims.map((side, at) => (at === axis ? 2 : side)),
      );
      assert.deepEqual([...new Uint16Array(buffer, byteOffset, length)], kept, dims.join());
    }
  });

  test('asks for new tensors', async () => {
    const cache = concatenatedCache(await loadOnnxRuntime(), form);
    assert.deepEqual(cache.fetches(), { 'present.0.key': null, 'present.0.value': null });
  });
});

describe('the cache of one buffer', () => {
  test('feeds and fetches the same tensor of the whole context, always', async () => {
    const cache = sharedCache(await loadOnnxRuntime(), form, 16);
    const [feeds, fetches] = [cache.feeds(0), cache.fetches()];
    for (const { past, present } of form.layers) {
      assert.equal(feeds[past], fetches[present]);
      assert.equal(cache.feeds(9)[past], feeds[past]);
      assert.deepEqual([...feeds[past]!.dims], [1, HEADS, 16, SIZE]);
    }
    assert.notEqual(feeds['past_key_values.0.key'], feeds['past_key_values.0.value']);
  });
});
