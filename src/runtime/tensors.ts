import type { Tensor } from 'onnxruntime-node';
import { floatOfHalf } from '../graphs/halves.ts';
import type { OrtModule } from './onnx.ts';

/** Types of numbers with a fraction that graphs keep and give. */
export type FloatType = 'float32' | 'float16';

const BYTES = { float32: 4, float16: 2 } as const;

/** A tensor of zeros. */
export function zeros(ort: OrtModule, type: FloatType, dims: readonly number[]): Tensor {
  return tensorOf(ort, type, new Uint8Array(countOf(dims) * BYTES[type]), dims);
}

/** A tensor of the numbers that stand in some bytes, which it goes on to use. */
export function tensorOf(
  ort: OrtModule,
  type: FloatType,
  { buffer, byteOffset }: Uint8Array,
  dims: readonly number[],
): Tensor {
  const count = countOf(dims);
  if (type === 'float32') return new ort.Tensor(type, new Float32Array(buffer, byteOffset, count), dims);
  return new ort.Tensor(type, new Uint16Array(buffer, byteOffset, count), dims);
}

/** The bytes of a tensor's numbers, not copied. */
export function bytesOf(tensor: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = tensor.data as ArrayBufferView;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes that a tensor takes. */
export function sizeOf({
  type,
  dims,
}: {
  readonly type: FloatType;
  readonly dims: readonly number[];
}): number {
  return countOf(dims) * BYTES[type];
}

/** How a row of a tensor is read, [..., rows, width]; each row is made once where it has to be. */
export function rowsOf(tensor: Tensor): (row: number) => Float32Array {
  const width = tensor.dims[tensor.dims.length - 1]!;
  const { data } = tensor;
  if (data instanceof Float32Array) return (row) => data.subarray(row * width, (row + 1) * width);
  const { buffer, byteOffset, length } = data as Uint16Array;
  const halves = new Uint16Array(buffer, byteOffset, length);
  const made = new Map<number, Float32Array>();
  return (row) => {
    let floats = made.get(row);
    if (!floats) {
      const numbers = halfTable();
      floats = Float32Array.from(halves.subarray(row * width, (row + 1) * width), (bits) => numbers[bits]!);
      made.set(row, floats);
    }
    return floats;
  };
}

let table: Float32Array | undefined;

/** The number of each 16 bits: a row of logits has a hundred thousand of them. */
function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => floatOfHalf(bits));
  return table;
}

function countOf(dims: readonly number[]): number {
  return dims.reduce((product, side) => product * side, 1);
}
