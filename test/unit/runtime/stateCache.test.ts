import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import type { GraphForm } from '../../../src/runtime/graph.ts';
import { type KeyValueCache, sharedCache } from '../../../src/runtime/keyValueCache.ts';
import { loadOnnxRuntime } from '../../../src/runtime/onnx.ts';
import { withStates } from '../../../src/runtime/stateCache.ts';
import { Random } from '../../toy/random.ts';

const WIDTH = 3;
const form: GraphForm = {
  layers: [],
  states: [{ past: 'past_conv.0', present: 'present_conv.0', type: 'float32', dims: [1, WIDTH] }],
  argmax: undefined,
  vocabulary: 8,
  logitsType: 'float32',
  taps: [],
  tapWidth: 0,
  inputs: new Map(),
};

const make = async () => {
  const ort = await loadOnnxRuntime();
  return withStates(ort, form, sharedCache(ort, form, 64));
};

/** What is fed as the state. */
const fed = (cache: KeyValueCache, length: number) =>
  Array.from(cache.feeds(length)['past_conv.0']!.data as Float32Array);

/** A pass that ends at `length` with a state of this number. */
function pass(cache: KeyValueCache, length: number, mark: number, padded = false): void {
  const written = cache.fetches()['present_conv.0'] as Tensor;
  (written.data as Float32Array).fill(mark);
  cache.store({ 'present_conv.0': written }, length, padded);
}

describe('states beside keys and values', () => {
  test('go on from the last end of a pass that is within the text', async () => {
    const cache = await make();
    assert.equal(cache.resumable(0), 0);
    assert.deepEqual(fed(cache, 0), [0, 0, 0]);
    pass(cache, 4, 4);
    pass(cache, 10, 10);
    assert.deepEqual(
      [4, 7, 10, 12].map((length) => cache.resumable(length)),
      [4, 4, 10, 10],
    );
    assert.deepEqual(fed(cache, 10), [10, 10, 10]);
    assert.deepEqual(fed(cache, 4), [4, 4, 4]);
    assert.equal(cache.resumable(10), 4, 'what was behind was of other tokens');
  });

  test('are not those of padding', async () => {
    const cache = await make();
    pass(cache, 2, 2);
    pass(cache, 5, 6, true);
    assert.equal(cache.resumable(5), 2);
    assert.deepEqual(fed(cache, 2), [2, 2, 2]);
  });

  test('stay as they were, whatever later passes write', async () => {
    const cache = await make();
    for (let length = 1; length <= 8; length++) pass(cache, length, length);
    for (let length = 8; length >= 1; length--)
      assert.deepEqual(fed(cache, length), [length, length, length]);
  });

  test('are kept of a number of places that are spread over the text, the last always', async () => {
    const cache = await make();
    const random = new Random(1);
    let length = 0;
    for (let i = 0; i < 400; i++) {
      length += random.int(1, 9);
      pass(cache, length, length);
      assert.equal(cache.resumable(length), length);
    }
    // A place in the middle need not go back to the beginning.
    for (const share of [0.2, 0.5, 0.8]) {
      const asked = Math.floor(share * length);
      assert.ok(asked - cache.resumable(asked) < length / 8, `${cache.resumable(asked)} of ${asked}`);
    }
  });

  test('change nothing where a graph has none', async () => {
    const ort = await loadOnnxRuntime();
    const inner = sharedCache(ort, form, 8);
    assert.equal(withStates(ort, { ...form, states: [] }, inner), inner);
  });
});
