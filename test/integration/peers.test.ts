import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadOnnxRuntime } from '../../src/runtime/onnx.ts';

const root = path.join(import.meta.dirname, '..', '..');
const peers = path.join(root, 'bench', 'peers');
const pythons = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);
const python = pythons.find((name) => spawnSync(name, ['-c', 'import onnx, numpy']).status === 0);

/** The converter needs Python packages; continuous integration must have them. */
function skipWithoutPython(context: TestContext): boolean {
  if (python) return false;
  const missing =
    'no Python with onnx and numpy found: install python3-onnx and python3-numpy, or set PYTHON';
  if (process.env.CI) throw new Error(missing);
  context.skip(missing);
  return true;
}

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python!, ['-B', ...args], { cwd: peers, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  return stderr;
}

test('the converter to GGUF passes its own tests', (context) => {
  if (skipWithoutPython(context)) return;
  assert.match(run('-m', 'unittest', 'test_convert'), /Ran 1\d tests/);
});

test('the graph that transformers.js gets computes what the bundled one computes', async (context) => {
  if (skipWithoutPython(context)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'slipstream-peers-'));
  try {
    const target = path.join(root, 'models', 'target');
    run('convert.py', target, folder);
    const ort = await loadOnnxRuntime();
    const open = (file: string) => ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
    const whole = await logits(await open(path.join(target, 'onnx', 'model_q8.onnx')));
    const masked = await open(path.join(folder, 'hub', 'onnx', 'model_quantized.onnx'));
    assert.ok(masked.inputNames.includes('attention_mask'));
    assert.ok(!masked.outputNames.includes('argmax'));
    assert.deepEqual(await logits(masked), whole);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Logits of a few tokens with nothing before them, whichever inputs tell the graph their number. */
async function logits(session: InferenceSession): Promise<Float32Array> {
  const ort = await loadOnnxRuntime();
  const tokens = [6, 300, 41, 7, 512];
  const int64 = (values: readonly number[]) =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const int32 = (value: number) => new ort.Tensor('int32', Int32Array.of(value), [1]);
  const known: Readonly<Record<string, Tensor>> = {
    input_ids: int64(tokens),
    attention_mask: int64(tokens.map(() => 1)),
    position_ids: int64(tokens.map((_, i) => i)),
    seqlens_k: int32(tokens.length - 1),
    total_sequence_length: int32(tokens.length),
    num_logits_to_keep: new ort.Tensor('int64', BigInt64Array.of(0n), []),
  };
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    assert.ok(input.isTensor, input.name);
    const dims = input.shape.map((size, i) => (typeof size === 'number' ? size : i === 0 ? 1 : 0));
    feeds[input.name] = known[input.name] ?? new ort.Tensor('float32', new Float32Array(0), dims);
  }
  return (await session.run(feeds)).logits!.data as Float32Array;
}
