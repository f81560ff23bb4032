import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BLOCK_KINDS } from '../../../src/gguf/blocks.ts';
import { codeRows, codingOf } from '../../../src/gguf/codes.ts';
import { floatsOf, type GgufTensor } from '../../../src/gguf/ggufFile.ts';
import { halvesOrder } from '../../../src/gguf/weightWriter.ts';
import { Random } from '../../toy/random.ts';

const kinds = new Map([...BLOCK_KINDS.values()].map((kind) => [kind.name, kind]));

/** A tensor of one kind with random codes, and scales between 2^-6 and 2^-4. */
function made(name: string, rows: number, columns: number): { tensor: GgufTensor; bytes: Buffer } {
  const random = new Random(3);
  const kind = kinds.get(name)!;
  const rowBytes = (columns / kind.weights) * kind.bytes;
  const bytes = Buffer.from(Array.from({ length: rows * rowBytes }, () => random.int(0, 255)));
  for (let at = 0; at < bytes.length; at += kind.bytes)
    bytes.writeUInt16LE(random.int(9 << 10, 11 << 10), at);
  return { tensor: { name, rows, columns, kind, offset: 0, rowBytes }, bytes };
}

/** What codes and scales stand for. */
function decoded({ codes, scales }: ReturnType<typeof codeRows>, bits: 4 | 8, block: number): Float32Array {
  const code = (i: number) => (bits === 8 ? codes[i]! - 128 : ((codes[i >> 1]! >> (4 * (i & 1))) & 15) - 8);
  const count = (codes.length * 8) / bits;
  return Float32Array.from({ length: count }, (_, i) => code(i) * scales[Math.floor(i / block)]!);
}

describe('coding of rows', () => {
  test("keeps a file's own codes where the runtime knows them", () => {
    for (const [name, bits] of [
      ['Q8_0', 8],
      ['Q4_0', 4],
      ['Q4_0', 8],
    ] as const) {
      const { tensor, bytes } = made(name, 3, 64);
      assert.deepEqual(
        decoded(codeRows(tensor, bytes, bits, 32), bits, 32),
        floatsOf(tensor, bytes),
        `${name} ${bits}`,
      );
    }
  });

  test('takes four bits only where all parts of a matrix have them, and small blocks where some do', () => {
    const of = (...names: string[]) => codingOf(names.map((name) => made(name, 1, 64).tensor));
    assert.deepEqual(of('Q4_0', 'Q4_0'), { bits: 4, block: 32 });
    assert.deepEqual(of('Q4_0', 'Q8_0'), { bits: 8, block: 32 });
    assert.deepEqual(of('Q4_1', 'F16'), { bits: 8, block: 64 });
    assert.deepEqual(codingOf([made('Q4_1', 1, 96).tensor]), { bits: 8, block: 32 });
  });

  test('rounds everything else to no more than half a step of its block', () => {
    const { tensor, bytes } = made('Q4_1', 2, 128);
    const whole = floatsOf(tensor, bytes);
    const found = decoded(codeRows(tensor, bytes, 8, 64), 8, 64);
    for (let from = 0; from < whole.length; from += 64) {
      const block = whole.subarray(from, from + 64);
      const step = Math.max(...block.map(Math.abs)) / 127;
      for (const [i, value] of block.entries()) {
        assert.ok(
          Math.abs(found[from + i]! - value) <= 0.51 * step,
          `${from + i}: ${found[from + i]} ${value}`,
        );
      }
    }
  });

  test('puts neighbouring pairs of a head into its halves', () => {
    assert.deepEqual([...halvesOrder(2, 6)], [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]);
  });
});
