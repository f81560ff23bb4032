import type { Tensor } from 'onnxruntime-node';
import type { MachineSpeed } from '../engine/policy/costs.ts';
import { productGraph } from './graphBytes.ts';
import { loadOnnxRuntime } from './onnx.ts';

/** Rows and columns of the matrix that is read: 128 MB, more than any cache holds. */
const READ = { rows: 4096, columns: 8192 };
/** Rows, inner size and columns of the product: what is read for it is little beside what is multiplied. */
const PRODUCT = { rows: 1024, inner: 2048, columns: 2048 };
/** The fastest counts. */
const REPEATS = 6;

/**
 * What this machine reads and multiplies a second, by the runtime's own kernels on matrices that suit them: a row by a large matrix
 * waits for memory alone, many rows by a middling one for the processor's units alone.
 * @param threads as for a target; 0 for the physical cores.
 */
export async function measureMachine(threads: number): Promise<MachineSpeed> {
  const { Tensor: Made } = await loadOnnxRuntime();
  const { rows, columns } = READ;
  const reading = await fastest(productGraph('MatMul', 'float', 'float', 'float'), threads, {
    a: new Made('float32', new Float32Array(rows).fill(1), [1, rows]),
    b: new Made('float32', new Float32Array(rows * columns).fill(1), [rows, columns]),
  });
  const { rows: many, inner, columns: wide } = PRODUCT;
  const multiplying = await fastest(productGraph('MatMulInteger', 'uint8', 'int8', 'int32'), threads, {
    a: new Made('uint8', new Uint8Array(many * inner).fill(3), [many, inner]),
    b: new Made('int8', new Int8Array(inner * wide).fill(5), [inner, wide]),
  });
  return {
    bytesPerMilli: (4 * rows * columns) / reading,
    productsPerMilli: (many * inner * wide) / multiplying,
  };
}

/** Milliseconds of the fastest run of a graph. */
async function fastest(
  graph: Buffer,
  threads: number,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<number> {
  const ort = await loadOnnxRuntime();
  const options = { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(graph, options);
  try {
    let best = Number.POSITIVE_INFINITY;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const started = performance.now();
      await session.run(feeds);
      best = Math.min(best, performance.now() - started);
    }
    return best;
  } finally {
    await session.release();
  }
}
