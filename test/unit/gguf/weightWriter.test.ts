import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { GgufFile } from '../../../src/gguf/ggufFile.ts';
import { halvesOrder, WeightWriter, type WrittenMatrix } from '../../../src/gguf/weightWriter.ts';
import { type ExternalPlace, GraphBuilder } from '../../../src/graphs/graphBuilder.ts';
import { toyGguf } from '../../toy/gguf.ts';
import { Files, LLAMA } from './files.ts';

const files = new Files();
after(() => files.remove());

/** A builder that tells where weights of files of their own lie. */
class Places extends GraphBuilder {
  readonly places = new Map<string, ExternalPlace>();
  override external(...[name, element, dims, place]: Parameters<GraphBuilder['external']>): string {
    this.places.set(name, place);
    return super.external(name, element, dims, place);
  }
}

/** Runs `write`, and gives what the file then says that its 8-bit matrices are. */
async function written(
  gguf: GgufFile,
  write: (writer: WeightWriter) => Promise<WrittenMatrix[]>,
  signal = new AbortController().signal,
) {
  const file = path.join(files.folder, 'weights');
  const handle = await open(file, 'w');
  const graph = new Places();
  let read = 0;
  try {
    const onRead = (bytes: number) => {
      read += bytes;
    };
    const matrices = await write(new WeightWriter(gguf, graph, handle, 'weights', onRead, signal));
    const bytes = readFileSync(file);
    const values = matrices.map((matrix) => {
      const [codes, scales] = [graph.places.get(matrix.codes)!, graph.places.get(matrix.scales)!];
      return Float32Array.from({ length: codes.length }, (_, i) => {
        const scale = bytes.readFloatLE(scales.offset + 4 * Math.floor(i / matrix.block));
        return (bytes[codes.offset + i]! - 128) * scale;
      });
    });
    return { matrices, values, read, places: [...graph.places.values()], size: bytes.length };
  } finally {
    await handle.close();
  }
}

const tensors = toyGguf(1, LLAMA).tensors;
const valuesOf = (name: string) => tensors.get(name)!.values;

describe('weights that are written', () => {
  test('one below the other are one matrix, and every region begins at a page of its own', () =>
    files.with({}, async (gguf) => {
      const names = ['q', 'k', 'v'].map((part) => `blk.0.attn_${part}.weight`);
      const { matrices, values, read, places, size } = await written(gguf, async (writer) => [
        await writer.matrix(
          'all',
          names.map((name) => ({ tensor: gguf.tensor(name) })),
        ),
        await writer.matrix('down', [{ tensor: gguf.tensor('blk.1.ffn_down.weight') }]),
      ]);
      assert.deepEqual(
        matrices.map(({ rows, columns, bits, block }) => [rows, columns, bits, block]),
        [
          [128, 64, 8, 32],
          [64, 96, 8, 32],
        ],
      );
      assert.deepEqual(
        [...values[0]!],
        names.flatMap((name) => [...valuesOf(name)]),
      );
      assert.deepEqual(values[1], valuesOf('blk.1.ffn_down.weight'));
      assert.equal(read, ((128 * 64 + 64 * 96) / 32) * 34);
      let end = 0;
      for (const { offset, length } of places) {
        assert.ok(offset >= end && offset % 4096 === 0, `${offset} behind ${end}`);
        end = offset + length;
      }
      assert.equal(size, end);
    }));

  test('have their rows in the order that is asked for', () =>
    files.with({}, async (gguf) => {
      const name = 'blk.0.attn_k.weight';
      const order = halvesOrder(2, 16);
      const { values } = await written(gguf, async (writer) => [
        await writer.matrix('k', [{ tensor: gguf.tensor(name), order }]),
      ]);
      for (const [row, from] of order.entries()) {
        const expected = valuesOf(name).subarray(from * 64, (from + 1) * 64);
        assert.deepEqual(values[0]!.subarray(row * 64, (row + 1) * 64), expected, `row ${row}`);
      }
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        [...order.keys()],
        'every row once',
      );
    }));

  test('are four bits where that is exact, and eight where they must be', () =>
    files.with({ family: { ...LLAMA, kind: 'Q4_0' } }, async (gguf) => {
      const name = 'blk.0.ffn_up.weight';
      const source = { tensor: gguf.tensor(name) };
      const { matrices, values, places } = await written(gguf, async (writer) => [
        await writer.matrix('eight', [source], 8),
        await writer.matrix('four', [source]),
      ]);
      assert.deepEqual(
        matrices.map(({ bits }) => bits),
        [8, 4],
      );
      assert.deepEqual(values[0], toyGguf(1, { ...LLAMA, kind: 'Q4_0' }).tensors.get(name)!.values);
      assert.equal(places[2]!.length, places[0]!.length / 2);
    }));

  test('stop where the work is called off, with its reason', () =>
    files.with({}, async (gguf) => {
      const source = { tensor: gguf.tensor('token_embd.weight') };
      const reason = new Error('called off');
      const write = async (writer: WeightWriter) => [await writer.matrix('all', [source])];
      await assert.rejects(written(gguf, write, AbortSignal.abort(reason)), reason);
    }));
});
