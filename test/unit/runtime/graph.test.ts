import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../../../src/errors.ts';
import { readGraph } from '../../../src/runtime/graph.ts';
import type { ModelConfig } from '../../../src/runtime/modelConfig.ts';

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
    inputMetadata: inputs.map((name) =>
      name.startsWith('past')
        ? { name, isTensor: true, type, shape }
        : { name, isTensor: true, type: 'int64', shape: ['batch', 'seq'] },
    ),
    outputMetadata: outputs.map((name) => ({
      name,
      isTensor: true,
      type: 'float32',
      shape: ['batch', 'seq', width],
    })),
  };
  return session as unknown as InferenceSession;
}

const read = (face: Partial<Face>, of: ModelConfig = config) => readGraph(sessionOf(face), of, 'model.onnx');

describe('a graph', () => {
  test('tells its form itself', () => {
    const form = read({ outputs: [...usual.outputs, 'argmax'] });
    const sides = { type: 'float32', dims: [1, 2, 0, 6], axis: 2 };
    assert.deepEqual(form.layers, [
      { past: 'past_key_values.0.key', present: 'present.0.key', ...sides },
      { past: 'past_key_values.0.value', present: 'present.0.value', ...sides },
    ]);
    assert.deepEqual([form.states, form.argmax, form.logitsType], [[], 'argmax', 'float32']);
    assert.deepEqual([...form.inputs.keys()], ['input_ids', 'attention_mask']);
    assert.equal(read({}).argmax, undefined);
  });

  test('leaves to config.json what its shapes do not say', () => {
    const open = { shape: ['batch', 'heads', 'past', 'size'] };
    const sizes = (of: ModelConfig) => {
      const { dims } = read(open, of).layers[0]!;
      return [dims[1], dims[3]];
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
      [{ type: 'int8' }, /neither float32 nor float16/],
      [{ shape: ['batch', 2, 64, 6] }, /fixed length/],
      [{ shape: [4, 2, 'past', 6] }, /for 4 texts at once/],
      [{ shape: ['batch', 'past'] }, /no form of keys and values/],
      [{ inputs: usual.inputs.slice(1) }, /no input named input_ids/],
      [{ inputs: [...usual.inputs, 'past_conv.0'] }, /no output present_conv\.0/],
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

  test('may carry its keys and values in many forms', () => {
    const sides = (shape: readonly (number | string)[]) => {
      const { dims, axis } = read({ shape }).layers[0]!;
      return [dims.join(), axis];
    };
    assert.deepEqual(sides(['batch_size', 2, 'past_sequence_length', 6]), ['1,2,0,6', 2]);
    assert.deepEqual(sides(['batch_size', 'past_sequence_length', 2, 6]), ['1,0,2,6', 1]);
    assert.deepEqual(sides([2, 'batch', 3, 'past_seq_len', 6]), ['2,1,3,0,6', 3]);
    assert.deepEqual(sides(['batch_size', 'past_sequence_length', 12]), ['1,0,12', 1]);
    assert.deepEqual(sides(['batch_size x num_heads', 6, 'past_sequence_length']), ['4,6,0', 2]);
    assert.deepEqual(sides(['batch', 'num_heads', 'past_len', 'head_size']), ['1,4,0,6', 2]);
  });

  test('names what it carries as its exporter does', () => {
    const names = (inputs: string[], outputs: string[]) =>
      read({ inputs: ['input_ids', ...inputs], outputs: ['logits', ...outputs] }).layers.map(
        ({ past, present }) => `${past} ${present}`,
      );
    assert.deepEqual(names(['past_0'], ['present_0']), ['past_0 present_0']);
    assert.deepEqual(names(['past_key_values.0.key'], ['present_key_values.0.key']), [
      'past_key_values.0.key present_key_values.0.key',
    ]);
  });

  test('may carry states beside them, whose sizes are known', () => {
    const inputs = [...usual.inputs, 'past_conv.0'];
    const outputs = [...usual.outputs, 'present_conv.0'];
    const stateOf = (shape: readonly (number | string)[], of: ModelConfig = config) => {
      const session = sessionOf({ inputs, outputs });
      const { inputMetadata } = session;
      const state = { name: 'past_conv.0', isTensor: true, type: 'float32', shape };
      const changed = [...inputMetadata.slice(0, -1), state];
      return readGraph({ ...session, inputMetadata: changed } as never, of, 'model.onnx').states;
    };
    assert.deepEqual(stateOf(['batch', 24, 3])[0]!.dims, [1, 24, 3]);
    assert.deepEqual(
      stateOf(['batch', 'width', 'length'], { ...config, conv_L_cache: 3 })[0]!.dims,
      [1, 24, 3],
    );
    assert.throws(() => stateOf(['batch', 'width', 'length']), /size «length» of its state past_conv\.0/);
  });

  test('is refused where an input has a type that nobody can fill', () => {
    const session = sessionOf({});
    const [ids, ...others] = session.inputMetadata;
    const changed = [{ ...ids, type: 'float32' }, ...others];
    assert.throws(
      () => readGraph({ ...session, inputMetadata: changed } as never, config, 'model.onnx'),
      /input_ids is float32 with 2 sides/,
    );
  });
});
