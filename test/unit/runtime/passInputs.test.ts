import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import type { GraphForm, InputForm } from '../../../src/runtime/graph.ts';
import { loadOnnxRuntime } from '../../../src/runtime/onnx.ts';
import { PassInputs } from '../../../src/runtime/passInputs.ts';

const USUAL: Readonly<Record<string, InputForm>> = {
  input_ids: { type: 'int64', rank: 2 },
  attention_mask: { type: 'int64', rank: 2 },
  position_ids: { type: 'int64', rank: 2 },
  seqlens_k: { type: 'int32', rank: 1 },
  total_sequence_length: { type: 'int32', rank: 0 },
  num_logits_to_keep: { type: 'int64', rank: 0 },
};
const EVERYTHING = Object.keys(USUAL);

async function inputsOf(
  names: readonly string[],
  types: Readonly<Record<string, InputForm>> = {},
): Promise<PassInputs> {
  const form: GraphForm = {
    layers: [],
    states: [],
    logitsType: 'float32',
    argmax: undefined,
    vocabulary: 8,
    taps: [],
    tapWidth: 0,
    inputs: new Map(names.map((name) => [name, types[name] ?? USUAL[name]!])),
  };
  return new PassInputs(await loadOnnxRuntime(), form);
}

const valuesOf = (feeds: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { data }]) => [name, Array.from(data as never, Number)]),
  );

describe('the inputs of a pass', () => {
  test('stand at their positions, padded with the last token, and only those that the graph takes', async () => {
    const feeds = (await inputsOf(EVERYTHING)).at([5, 6, 7], 4, 10);
    assert.deepEqual(valuesOf(feeds), {
      input_ids: [5, 6, 7, 7],
      attention_mask: new Array<number>(14).fill(1),
      position_ids: [10, 11, 12, 13],
      seqlens_k: [13],
      total_sequence_length: [14],
      num_logits_to_keep: [4],
    });
    const dims = ['input_ids', 'attention_mask', 'num_logits_to_keep'].map((name) => [...feeds[name]!.dims]);
    assert.deepEqual(dims, [[1, 4], [1, 14], []]);
    assert.deepEqual(Object.keys((await inputsOf(['input_ids'])).at([5], 1, 0)), ['input_ids']);
  });

  test('have the types and sides that the graph wants', async () => {
    const feeds = (
      await inputsOf(EVERYTHING, {
        input_ids: { type: 'int32', rank: 2 },
        attention_mask: { type: 'float32', rank: 2 },
        position_ids: { type: 'int32', rank: 2 },
        seqlens_k: { type: 'int32', rank: 2 },
        num_logits_to_keep: { type: 'int32', rank: 1 },
      })
    ).at([5, 6], 2, 3);
    const forms = Object.entries(feeds).map(([name, { type, dims }]) => [name, type, ...dims]);
    assert.deepEqual(
      forms.sort(),
      [
        ['input_ids', 'int32', 1, 2],
        ['attention_mask', 'float32', 1, 5],
        ['position_ids', 'int32', 1, 2],
        ['seqlens_k', 'int32', 1, 1],
        ['total_sequence_length', 'int32'],
        ['num_logits_to_keep', 'int32', 1],
      ].sort(),
    );
    const values = valuesOf(feeds);
    assert.deepEqual(
      [values.input_ids, values.position_ids],
      [
        [5, 6],
        [3, 4],
      ],
    );
    assert.deepEqual([values.attention_mask, values.num_logits_to_keep], [[1, 1, 1, 1, 1], [2]]);
  });

  test('hold nothing of the pass before, whatever its width was', async () => {
    const inputs = await inputsOf(EVERYTHING);
    for (const width of [2, 6, 2, 300, 4, 2]) {
      const block = Array.from({ length: width }, (_, i) => 1000 * width + i);
      const values = valuesOf(inputs.at(block, width, width, 1));
      assert.deepEqual(values.input_ids, block);
      assert.deepEqual(
        values.position_ids,
        block.map((_, i) => width + i),
      );
      assert.deepEqual(values.seqlens_k, [2 * width - 1]);
      assert.deepEqual(values.num_logits_to_keep, [1]);
    }
  });
});
