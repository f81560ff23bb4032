import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { GraphForm } from '../../../src/runtime/graph.ts';
import { END_MARKER } from '../../../src/runtime/graphFront.ts';
import { sharedCache } from '../../../src/runtime/keyValueCache.ts';
import { loadOnnxRuntime, type OrtModule } from '../../../src/runtime/onnx.ts';
import { copiedOutputs, writtenOutputs } from '../../../src/runtime/passOutputs.ts';

const WIDTH = 4;
const extent = (rows: number) => ({ rows, length: rows, padded: false });
const MARKED = 'Non tensor type is temporarily not supported.';

function formOf(argmax: string | undefined): GraphForm {
  return {
    layers: [
      {
        past: 'past_key_values.0.key',
        present: 'present.0.key',
        type: 'float32',
        dims: [1, 1, 0, 2],
        axis: 2,
      },
    ],
    states: [],
    logitsType: 'float32',
    argmax,
    vocabulary: WIDTH,
    taps: [],
    tapWidth: 0,
    inputs: new Map(),
  };
}

/** A graph whose row r likes token (r + passes before) best, and the names that were fetched, pass by pass. */
function sessionOf(ort: OrtModule, rows: number, end?: Error) {
  const asked: string[][] = [];
  const run = async (_: unknown, fetches: Readonly<Record<string, Tensor | null>>) => {
    const best = (row: number) => (row + asked.length) % WIDTH;
    const give = (name: string, data: BigInt64Array | Float32Array, dims: number[]) => {
      const given = fetches[name];
      if (!given) return new ort.Tensor(data instanceof Float32Array ? 'float32' : 'int64', data, dims);
      assert.deepEqual([...given.dims], dims);
      (given.data as Float32Array).set(data as Float32Array);
      return given;
    };
    const results: Record<string, Tensor> = {};
    for (const name of Object.keys(fetches)) {
      if (name === 'logits') {
        const logits = Float32Array.from({ length: rows * WIDTH }, (_, i) =>
          i % WIDTH === best(Math.floor(i / WIDTH)) ? 1 : 0.5,
        );
        results.logits = give('logits', logits, [1, rows, WIDTH]);
      }
      if (name === 'argmax') {
        const ids = BigInt64Array.from({ length: rows }, (_, row) => BigInt(best(row)));
        results.argmax = give('argmax', ids, [1, rows]);
      }
    }
    asked.push(Object.keys(fetches));
    if (end) throw end;
    return results;
  };
  return { session: { run } as unknown as InferenceSession, asked };
}

describe('the outputs of a pass', () => {
  for (const argmax of ['argmax', undefined]) {
    test(`are the same copied and written in place, ${argmax ? 'with' : 'without'} argmax in the graph`, async () => {
      const ort = await loadOnnxRuntime();
      const form = formOf(argmax);
      const cache = sharedCache(ort, form, 8);
      const ways = [
        copiedOutputs(sessionOf(ort, 3).session, form, cache),
        writtenOutputs(ort, sessionOf(ort, 3, new Error(MARKED)).session, form, cache),
      ];
      for (const outputs of ways) {
        const tokens: number[] = [];
        for (const need of ['argmax', 'logits', 'argmax'] as const) {
          const scores = await outputs.run({}, extent(3), need);
          for (let row = 0; row < 3; row++) tokens.push(scores.argmax(row));
          if (need === 'logits') assert.deepEqual([...scores.logits(1)], [0.5, 0.5, 1, 0.5]);
          else if (argmax) assert.throws(() => scores.logits(0), /not asked/);
        }
        assert.deepEqual(tokens, [0, 1, 2, 1, 2, 3, 2, 3, 0]);
      }
    });
  }

  test('are not more than was asked for, whatever was asked for before', async () => {
    const ort = await loadOnnxRuntime();
    const form = formOf('argmax');
    const cache = sharedCache(ort, form, 8);
    const copied = sessionOf(ort, 2);
    const written = sessionOf(ort, 2, new Error(MARKED));
    const ways = [
      copiedOutputs(copied.session, form, cache),
      writtenOutputs(ort, written.session, form, cache),
    ];
    for (const outputs of ways) {
      for (const need of ['logits', 'argmax', 'nothing'] as const) await outputs.run({}, extent(2), need);
    }
    const present = 'present.0.key';
    const expected = [[present, 'argmax', 'logits'], [present, 'argmax'], [present]];
    assert.deepEqual(
      copied.asked.map((names) => [...names].sort().reverse()),
      expected.map((names) => [...names].sort().reverse()),
    );
    assert.deepEqual(
      written.asked.map((names) => [...names].sort()),
      expected.map((names) => [END_MARKER, ...names].sort()),
    );
  });

  test('fail as the pass fails', async () => {
    const ort = await loadOnnxRuntime();
    const form = formOf('argmax');
    const failing = sessionOf(ort, 2, new Error('out of memory')).session;
    const outputs = writtenOutputs(ort, failing, form, sharedCache(ort, form, 8));
    await assert.rejects(outputs.run({}, extent(2), 'argmax'), /out of memory/);
  });
});
