import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Target } from '../../../src/engine/target.ts';
import { testWidths } from '../../../src/runtime/selfTest.ts';

const VOCABULARY = 3;

/** A model that takes a while for each pass, and whose rows are wrong by one bit in passes of some width. */
class Odd implements Target {
  readonly contextLength = 128;
  length = 0;
  passes = 0;

  constructor(
    private readonly millis: number,
    private readonly wrong: (width: number, past: number) => boolean,
  ) {}

  resume(): number {
    return 0;
  }

  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  async score(block: readonly number[]) {
    this.passes++;
    for (const from = performance.now(); performance.now() - from < this.millis; );
    const past = this.length;
    this.length += block.length;
    const off = this.wrong(block.length, past) ? 1 : 0;
    const logits = (row: number) => Float32Array.from({ length: VOCABULARY }, (_, i) => past + row + i + off);
    return { rows: block.length, logits, argmax: () => VOCABULARY - 1 };
  }
}

describe('the test of widths', () => {
  test('compares all tokens at all widths where passes are quick', async () => {
    const { widthInvariant, widths } = await testWidths(new Odd(0, () => false));
    assert.ok(widthInvariant);
    assert.deepEqual(
      widths.map(({ tokens }) => tokens),
      widths.map(() => 66),
    );
  });

  test('takes no more passes than it must where they are slow, and still tries every width twice', async () => {
    const slow = new Odd(3, () => false);
    const { widths } = await testWidths(slow, 1);
    // The wide pass, and of the width of 65 the second pass is the single row that is left.
    assert.equal(slow.passes, 1 + 2 * widths.length);
    assert.deepEqual(
      widths.map(({ width, tokens }) => [width, tokens]),
      widths.map(({ width }) => [width, Math.min(66, 2 * width)]),
    );
  });

  test('finds a width that differs, also one that only does behind other tokens', async () => {
    for (const bad of [2, 3, 8, 65]) {
      const { widthInvariant, widths } = await testWidths(new Odd(0, (width) => width === bad), 0);
      assert.ok(!widthInvariant);
      assert.ok(widths.find(({ width }) => width === bad)!.differing > 0);
      assert.equal(widths.find(({ width }) => width === 16)!.differing, 0);
    }
    const behind = await testWidths(new Odd(0, (width, past) => width === 7 && past > 0), 0);
    assert.ok(!behind.widthInvariant);
  });
});
