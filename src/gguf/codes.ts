import { half } from './blocks.ts';
import type { GgufTensor } from './ggufFile.ts';
import { floatsOf } from './ggufFile.ts';

/** Rows of a matrix as the runtime multiplies them: codes around a middle, and a scale for every block of columns. */
export interface CodedRows {
  /** [rows, columns * bits / 8]. */
  readonly codes: Uint8Array;
  /** [rows, columns / block]. */
  readonly scales: Float32Array;
}

export type Bits = 4 | 8;

/** Blocks that the file's own codes come in. */
const OWN_BLOCK = 32;
/** Blocks that are rounded anew: passes are a tenth shorter than with 32, and 8 bits leave room for it. */
const BLOCK = 64;
const MIDDLE = 128;

/** How a matrix made of some tensors is coded: with the file's own codes where the runtime knows them, which is exact. */
export function codingOf(tensors: readonly GgufTensor[]): { readonly bits: Bits; readonly block: number } {
  const names = new Set(tensors.map(({ kind }) => kind.name));
  const columns = tensors[0]!.columns;
  if (names.size === 1 && names.has('Q4_0')) return { bits: 4, block: OWN_BLOCK };
  const own = names.has('Q8_0') || names.has('Q4_0');
  return { bits: 8, block: own || columns % BLOCK !== 0 ? OWN_BLOCK : BLOCK };
}

/** Code whole rows of a tensor. @param bytes as they stand in the file */
export function codeRows(tensor: GgufTensor, bytes: Buffer, bits: Bits, block: number): CodedRows {
  if (bits === 4) return fours(tensor, bytes);
  if (block === OWN_BLOCK && tensor.kind.name === 'Q8_0') return ownEights(tensor, bytes);
  if (block === OWN_BLOCK && tensor.kind.name === 'Q4_0') return foursAsEights(tensor, bytes);
  return rounded(floatsOf(tensor, bytes), block);
}

/** Eight bits of any numbers: the largest of a block becomes 127. */
function rounded(values: Float32Array, block: number): CodedRows {
  const codes = new Uint8Array(values.length);
  const scales = new Float32Array(values.length / block);
  for (let b = 0; b < scales.length; b++) {
    let largest = 0;
    for (let i = b * block; i < (b + 1) * block; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = largest / 127;
    scales[b] = scale;
    for (let i = b * block; i < (b + 1) * block; i++)
      codes[i] = MIDDLE + (scale === 0 ? 0 : Math.round(values[i]! / scale));
  }
  return { codes, scales };
}

function ownEights({ kind }: GgufTensor, bytes: Buffer): CodedRows {
  const count = bytes.length / kind.bytes;
  const codes = new Uint8Array(count * OWN_BLOCK);
  const scales = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let b = 0; b < count; b++) {
    scales[b] = half(view, b * kind.bytes);
    for (let i = 0; i < OWN_BLOCK; i++) codes[b * OWN_BLOCK + i] = bytes[b * kind.bytes + 2 + i]! ^ MIDDLE;
  }
  return { codes, scales };
}

function foursAsEights({ kind }: GgufTensor, bytes: Buffer): CodedRows {
  const { scales, code } = ownFours(kind.bytes, bytes);
  const codes = new Uint8Array(scales.length * OWN_BLOCK);
  for (let i = 0; i < codes.length; i++) codes[i] = MIDDLE - 8 + code(i);
  return { codes, scales };
}

/** Two neighbouring weights in a byte, where the file has those that are half a block apart. */
function fours({ kind }: GgufTensor, bytes: Buffer): CodedRows {
  const { scales, code } = ownFours(kind.bytes, bytes);
  const codes = new Uint8Array((scales.length * OWN_BLOCK) / 2);
  for (let i = 0; i < codes.length; i++) codes[i] = code(2 * i) | (code(2 * i + 1) << 4);
  return { codes, scales };
}

/** Scales and codes of Q4_0 rows. */
function ownFours(blockBytes: number, bytes: Buffer): { scales: Float32Array; code: (i: number) => number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scales = Float32Array.from({ length: bytes.length / blockBytes }, (_, b) =>
    half(view, b * blockBytes),
  );
  const code = (i: number) => {
    const [block, inner] = [i >> 5, i & 31];
    const byte = bytes[block * blockBytes + 2 + (inner & 15)]!;
    return inner < 16 ? byte & 15 : byte >> 4;
  };
  return { scales, code };
}
