import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { BLOCK_KINDS } from '../../../src/gguf/blocks.ts';
import { root } from '../../toy/bundled.ts';

/** Random blocks of every kind, and what the makers' own reader (the Python package gguf 0.19.0) says they stand for. */
const cases: Record<string, { kind: number; bytes: string; weights: string }> = JSON.parse(
  readFileSync(path.join(root, 'test/fixtures/gguf/blocks.json'), 'utf8'),
);

describe('blocks of weights', () => {
  for (const [name, { kind, bytes, weights }] of Object.entries(cases)) {
    test(`${name} is read as its makers read it`, () => {
      const block = BLOCK_KINDS.get(kind)!;
      const data = Buffer.from(bytes, 'base64');
      const expected = new Float32Array(new Uint8Array(Buffer.from(weights, 'base64')).buffer);
      const found = new Float32Array(expected.length);
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      for (let i = 0; i * block.bytes < data.length; i++)
        block.read(view, i * block.bytes, found, i * block.weights);
      assert.equal(block.name, name);
      for (const [i, weight] of expected.entries()) {
        assert.ok(
          Math.abs(found[i]! - weight) <= 1e-6 * Math.max(1, Math.abs(weight)),
          `${i}: ${found[i]} ${weight}`,
        );
      }
    });
  }
});
