import { floatOfHalf } from '../graphs/halves.ts';

/**
 * The kinds of blocks in which GGUF files keep rows of weights, after ggml's `ggml-common.h`: a row is blocks one behind the
 * other, each with its own scales.
 */

export interface BlockKind {
  readonly name: string;
  /** Weights of a block, and its bytes. */
  readonly weights: number;
  readonly bytes: number;
  /** Write the weights of the block at `at` to `out` from `to` on. */
  readonly read: (view: DataView, at: number, out: Float32Array, to: number) => void;
}

/** Kinds by ggml's number. Others (the I-quants, ternary ones) are not read. */
export const BLOCK_KINDS: ReadonlyMap<number, BlockKind> = new Map<number, BlockKind>([
  [0, { name: 'F32', weights: 1, bytes: 4, read: readSingle }],
  [1, { name: 'F16', weights: 1, bytes: 2, read: readHalf }],
  [30, { name: 'BF16', weights: 1, bytes: 2, read: readBrain }],
  [2, { name: 'Q4_0', weights: 32, bytes: 18, read: readQ40 }],
  [3, { name: 'Q4_1', weights: 32, bytes: 20, read: readQ41 }],
  [6, { name: 'Q5_0', weights: 32, bytes: 22, read: readQ50 }],
  [7, { name: 'Q5_1', weights: 32, bytes: 24, read: readQ51 }],
  [8, { name: 'Q8_0', weights: 32, bytes: 34, read: readQ80 }],
  [10, { name: 'Q2_K', weights: 256, bytes: 84, read: readQ2K }],
  [11, { name: 'Q3_K', weights: 256, bytes: 110, read: readQ3K }],
  [12, { name: 'Q4_K', weights: 256, bytes: 144, read: readQ4K }],
  [13, { name: 'Q5_K', weights: 256, bytes: 176, read: readQ5K }],
  [14, { name: 'Q6_K', weights: 256, bytes: 210, read: readQ6K }],
]);

/** Half a block of 32: low halves of the bytes are its first weights, high halves its last. */
const HALF = 16;

/** A number of 16 bits (IEEE 754 binary16). */
export function half(view: DataView, at: number): number {
  return floatOfHalf(view.getUint16(at, true));
}

const word = new DataView(new ArrayBuffer(4));

function readSingle(view: DataView, at: number, out: Float32Array, to: number): void {
  out[to] = view.getFloat32(at, true);
}

function readHalf(view: DataView, at: number, out: Float32Array, to: number): void {
  out[to] = half(view, at);
}

function readBrain(view: DataView, at: number, out: Float32Array, to: number): void {
  word.setUint32(0, view.getUint16(at, true) << 16);
  out[to] = word.getFloat32(0);
}

function readQ40(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at);
  for (let i = 0; i < HALF; i++) {
    const byte = view.getUint8(at + 2 + i);
    out[to + i] = scale * ((byte & 15) - 8);
    out[to + HALF + i] = scale * ((byte >> 4) - 8);
  }
}

function readQ41(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at);
  const least = half(view, at + 2);
  for (let i = 0; i < HALF; i++) {
    const byte = view.getUint8(at + 4 + i);
    out[to + i] = scale * (byte & 15) + least;
    out[to + HALF + i] = scale * (byte >> 4) + least;
  }
}

/** Codes of five bits: four in `codes`, the fifth of all 32 in a word at `bits`. */
function readFives(
  view: DataView,
  [bits, codes]: readonly [number, number],
  [scale, shift]: readonly [number, number],
  out: Float32Array,
  to: number,
): void {
  const fifth = view.getUint32(bits, true);
  for (let i = 0; i < HALF; i++) {
    const byte = view.getUint8(codes + i);
    const low = (byte & 15) | (((fifth >>> i) & 1) << 4);
    const high = (byte >> 4) | (((fifth >>> (i + HALF)) & 1) << 4);
    out[to + i] = scale * low + shift;
    out[to + HALF + i] = scale * high + shift;
  }
}

function readQ50(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at);
  readFives(view, [at + 2, at + 6], [scale, -16 * scale], out, to);
}

function readQ51(view: DataView, at: number, out: Float32Array, to: number): void {
  readFives(view, [at + 4, at + 8], [half(view, at), half(view, at + 2)], out, to);
}

function readQ80(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at);
  for (let i = 0; i < 32; i++) out[to + i] = scale * view.getInt8(at + 2 + i);
}

function readQ2K(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at + 80);
  const least = half(view, at + 82);
  for (let i = 0; i < 256; i++) {
    const [wing, part, inner] = [i >> 7, (i >> 5) & 3, i & 31];
    const code = (view.getUint8(at + 16 + 32 * wing + inner) >> (2 * part)) & 3;
    const both = view.getUint8(at + (i >> 4));
    out[to + i] = scale * (both & 15) * code - least * (both >> 4);
  }
}

function readQ3K(view: DataView, at: number, out: Float32Array, to: number): void {
  const all = half(view, at + 108);
  for (let i = 0; i < 256; i++) {
    const [wing, part, inner] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = (view.getUint8(at + 32 + 32 * wing + inner) >> (2 * part)) & 3;
    const third = (view.getUint8(at + inner) >> (4 * wing + part)) & 1;
    out[to + i] = all * (sixBits(view, at + 96, i >> 4) - 32) * (low - (third ? 0 : 4));
  }
}

/** Scale `n` of 16 of six bits: four in the first eight bytes, two in the last four. */
function sixBits(view: DataView, at: number, n: number): number {
  const byte = view.getUint8(at + (n & 7));
  const low = n < 8 ? byte & 15 : byte >> 4;
  return low | (((view.getUint8(at + 8 + (n & 3)) >> (2 * (n >> 2))) & 3) << 4);
}

/** Scale and least value `n` of eight, six bits each in twelve bytes. */
function scaleAndLeast(view: DataView, at: number, n: number): readonly [number, number] {
  if (n < 4) return [view.getUint8(at + n) & 63, view.getUint8(at + n + 4) & 63];
  const last = view.getUint8(at + n + 4);
  return [
    (last & 15) | ((view.getUint8(at + n - 4) >> 6) << 4),
    (last >> 4) | ((view.getUint8(at + n) >> 6) << 4),
  ];
}

function readQ4K(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at);
  const least = half(view, at + 2);
  for (let part = 0; part < 8; part++) {
    const [times, minus] = scaleAndLeast(view, at + 4, part);
    for (let i = 0; i < 32; i++) {
      const byte = view.getUint8(at + 16 + 32 * (part >> 1) + i);
      out[to + 32 * part + i] = scale * times * (part & 1 ? byte >> 4 : byte & 15) - least * minus;
    }
  }
}

function readQ5K(view: DataView, at: number, out: Float32Array, to: number): void {
  const scale = half(view, at);
  const least = half(view, at + 2);
  for (let part = 0; part < 8; part++) {
    const [times, minus] = scaleAndLeast(view, at + 4, part);
    for (let i = 0; i < 32; i++) {
      const byte = view.getUint8(at + 48 + 32 * (part >> 1) + i);
      const fifth = (view.getUint8(at + 16 + i) >> part) & 1;
      const code = (part & 1 ? byte >> 4 : byte & 15) | (fifth << 4);
      out[to + 32 * part + i] = scale * times * code - least * minus;
    }
  }
}

function readQ6K(view: DataView, at: number, out: Float32Array, to: number): void {
  const all = half(view, at + 208);
  for (let i = 0; i < 256; i++) {
    const [wing, part, inner] = [i >> 7, (i >> 5) & 3, i & 31];
    const byte = view.getUint8(at + 64 * wing + 32 * (part & 1) + inner);
    const low = part < 2 ? byte & 15 : byte >> 4;
    const high = (view.getUint8(at + 128 + 32 * wing + inner) >> (2 * part)) & 3;
    out[to + i] = all * view.getInt8(at + 192 + (i >> 4)) * ((low | (high << 4)) - 32);
  }
}
