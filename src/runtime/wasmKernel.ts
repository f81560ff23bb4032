import { UserError } from '../errors.ts';
import type { StoredTensor } from './safetensors.ts';

/** Columns of a matrix that share a scale. */
export const BLOCK = 32;
/** Bytes that every tensor is aligned to. */
const ALIGNMENT = 64;
const PAGE = 65536;

/** The parts of WebAssembly that are used here; the types of Node alone do not have them. */
interface WebAssemblyParts {
  readonly Memory: new (size: {
    initial: number;
  }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ readonly exports: unknown }>;
}

/** A kernel of `kernels/` with the memory that it works in, which its host lays out. */
export interface WasmKernel<Exports> {
  readonly exports: Exports;
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Set bytes aside. @returns where. */
  take(bytes: number): number;
  /** Copy bytes into the memory. @returns where. */
  put(bytes: Uint8Array): number;
}

/** @param module base64, as `npm run kernels` writes it. */
export async function startKernel<Exports extends { readonly start: { readonly value: number } }>(
  module: string,
): Promise<WasmKernel<Exports>> {
  const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyParts }).WebAssembly;
  const memory = new wasm.Memory({ initial: 1 });
  const abort = () => {
    throw new Error('the kernel gave up');
  };
  const compiled = await wasm.compile(Buffer.from(module, 'base64'));
  const exports = (await wasm.instantiate(compiled, { env: { memory, abort } })).exports as Exports;
  let top = exports.start.value;
  const take = (bytes: number): number => {
    const at = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
    top = at + bytes;
    const missing = Math.ceil((top - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
    return at;
  };
  const put = (bytes: Uint8Array): number => {
    const at = take(bytes.length);
    new Uint8Array(memory.buffer, at).set(bytes);
    return at;
  };
  return { exports, memory, take, put };
}

/** Sees that a file holds the tensors that a model needs. */
export class TensorCheck {
  constructor(
    private readonly tensors: ReadonlyMap<string, StoredTensor>,
    private readonly file: string,
    /** What says how large they should be, for people. */
    private readonly source: string,
  ) {}

  /** @throws UserError `model-broken`. */
  expect(name: string, dtype: 'I8' | 'F32' | 'I32', shape: readonly number[]): void {
    const tensor = this.tensors.get(name);
    const bytes = shape.reduce((a, b) => a * b, dtype === 'I8' ? 1 : 4);
    const right =
      tensor?.dtype === dtype && tensor.shape.join() === shape.join() && tensor.bytes.length === bytes;
    if (right) return;
    throw new UserError(
      'model-broken',
      `${this.file} does not fit ${this.source}: ${name} should be ${dtype} ${shape.join(' x ')}. Copy the model again.`,
    );
  }

  /** A matrix in codes of 8 bits with a scale for every {@link BLOCK} columns. @throws UserError `model-broken`. */
  expectMatrix(name: string, rows: number, columns: number): void {
    this.expect(`${name}.codes`, 'I8', [rows, columns]);
    this.expect(`${name}.scales`, 'F32', [rows, columns / BLOCK]);
  }
}

/** A tensor of 32-bit integers; copied, since the bytes of a file need not stand at a multiple of four. */
export function integersOf(tensor: StoredTensor): Int32Array {
  return new Int32Array(new Uint8Array(tensor.bytes).buffer);
}
