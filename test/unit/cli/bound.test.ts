import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundOf, workOf } from '../../../src/cli/doctor/bound.ts';
import { leastPassMillis } from '../../../src/engine/policy/costs.ts';

/** 50 GB and 400 thousand million products a second. */
const machine = { bytesPerMilli: 50e6, productsPerMilli: 400e6 };

test('a narrow pass is bounded by reading its weights, a wide one by its products', () => {
  const work = { bytes: 100e6, weights: 100e6 };
  const least = (width: number) => leastPassMillis(work, machine, width);
  assert.deepEqual([1, 2, 8, 16, 64].map(least), [2, 2, 2, 4, 16]);
});

test('weights are counted by the bits of the export', () => {
  const of = (graph: string) => workOf(graph, 8e6).weights / 1e6;
  assert.deepEqual(
    ['model_q8.onnx', 'model_q4.onnx', 'model_q4f16.onnx', 'model_fp16.onnx', 'model.onnx', 'other.onnx'].map(
      of,
    ),
    [8, 16, 16, 4, 2, 8],
  );
});

test('the table says by how much each pass misses its bound', () => {
  const table = {
    widths: [2, 16],
    contexts: [10, 90],
    millis: [
      [4, 8],
      [6, 10],
    ],
  };
  const bound = boundOf(table, { bytes: 100e6, weights: 100e6 }, machine);
  assert.deepEqual(bound.millis, [2, 4]);
  assert.deepEqual(bound.over, [
    [2, 2],
    [3, 2.5],
  ]);
});
