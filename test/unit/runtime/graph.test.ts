import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../../../src/errors.ts';
import { readGraph } from '../../../src/runtime/graph.ts';
import type { ModelConfig } from '../../../src/runtime/modelFolder.ts';

const config: ModelConfig = {
  vocab_size: 8,
  max_position_embeddings: 64,
  hidden_size: 24,
  num_attention_heads: 4,
};

interface Face {
  inputs: readonly string[];
  outputs: readonly string[];
  shape: readonly (number | string)[];
  type: string;
  /** Logits of a row. */
  width: number | string;
}

const usual: Face = {
  inputs: ['input_ids', 'attention_mask', 'past_key_values.0.key', 'past_key_values.0.value'],
  outputs: ['logits', 'present.0.key', 'present.0.value'],
  shape: ['batch', 2, 'past', 6],
  type: 'float32',
  width: 'vocabulary',
};

/** As much of a session as is looked at. */
function sessionOf(face: Partial<Face>): InferenceSession {
  const { inputs, outputs, shape, type, width } = { ...usual, ...face };
  const session = {
    inputNames: inputs,
    outputNames: outputs,
    inputMetadata: inputs.map((name) => ({ name, isTensor: true, type, shape })),
    outputMetadata: outputs.map((name) => ({ name, isTensor: true, type, shape: ['batch', 'seq', width] })),
  };
  return session as unknown as InferenceSession;
}

const read = (face: Partial<Face>, of: ModelConfig = config) => readGraph(sessionOf(face), of, 'model.onnx');

describe('a graph', () => {
  test('tells its form itself', () => {
    const form = read({ outputs: [...usual.outputs, 'argmax'] });
    assert.deepEqual(form.layers, [
      { past: 'past_key_values.0.key', present: 'present.0.key' },
      { past: 'past_key_values.0.value', present: 'present.0.value' },
    ]);
    assert.deepEqual([form.keyValueHeads, form.headSize, form.argmax], [2, 6, 'argmax']);
    assert.deepEqual([...form.inputs], ['input_ids', 'attention_mask']);
    assert.equal(read({}).argmax, undefined);
  });

  test('leaves to config.json what its shapes do not say', () => {
    const open = { shape: ['batch', 'heads', 'past', 'size'] };
    const sizes = (of: ModelConfig) => {
      const form = read(open, of);
      return [form.keyValueHeads, form.headSize];
    };
    assert.deepEqual(sizes(config), [4, 6]);
    assert.equal(read({}).vocabulary, 8);
    // A head may be padded beyond the vocabulary.
    assert.equal(read({ width: 16 }).vocabulary, 16);
    assert.deepEqual(sizes({ ...config, num_key_value_heads: 1, head_dim: 8 }), [1, 8]);
  });

  test('is refused with the reason when it is not that of a language model with a cache', () => {
    const cases: readonly [Partial<Face>, RegExp][] = [
      [{ inputs: ['input_ids'] }, /no past_key_values/],
      [{ outputs: ['present.0.key', 'present.0.value'] }, /no output named logits/],
      [{ outputs: ['logits', 'present.0.key'] }, /no output present\.0\.value/],
      [{ inputs: [...usual.inputs, 'pixel_values'] }, /pixel_values/],
      [{ type: 'float16' }, /not float32/],
    ];
    for (const [face, message] of cases) {
      assert.throws(
        () => read(face),
        (error) =>
          error instanceof UserError && error.reason === 'model-unsupported' && message.test(error.message),
        String(message),
      );
    }
    const bare: ModelConfig = { vocab_size: 8, max_position_embeddings: 64 };
    assert.throws(() => read({ shape: ['b', 'h', 'p', 's'] }, bare), /size of a head/);
  });
});
