import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { headText, tailText, tailTokens } from '../../../src/prompts/window.ts';
import { Random } from '../../toy/random.ts';

const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

/** Text of lines of random length, with some characters of two UTF-16 units. */
function randomText(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.pick(['a', 'bc', ' ', '\n', '🚀', '𝒳', 'é', 'long word']);
  return text;
}

describe('the window on the text before the cursor', () => {
  test('is the end of the text, within the budget, and most of it', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const text = randomText(random, random.int(0, 300));
      const budget = random.int(8, 120);
      const window = tailText(text, budget);
      assert.ok(text.endsWith(window));
      assert.ok(window.length <= budget, `seed ${seed}`);
      if (text.length <= budget) assert.equal(window, text);
      else assert.ok(window.length > budget / 16, `seed ${seed}: ${window.length} of ${budget}`);
      assert.ok(!isLow(window.charCodeAt(0)), `seed ${seed}: a character was split`);
    }
  });

  test('starts at a line where it can', () => {
    assert.equal(tailText('first line\nsecond line\nthird', 20), 'second line\nthird');
  });

  test('begins where it began before when a character is typed, except at steps', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const budget = random.int(40, 120);
      const text = randomText(random, 600);
      let moves = 0;
      let start = 0;
      for (let length = 1; length <= text.length; length++) {
        const typed = text.slice(0, length);
        const now = typed.length - tailText(typed, budget).length;
        assert.ok(now >= start, `seed ${seed}: the window went back`);
        if (now > start) moves++;
        start = now;
      }
      // A step is a quarter of the budget; a late line end can move the start once more in each.
      assert.ok(moves <= 2 * Math.ceil(text.length / Math.floor(budget / 4)), `seed ${seed}: ${moves} moves`);
    }
  });
});

describe('the window on tokens', () => {
  test('is the end, within the budget and at least three quarters of it', () => {
    const tokens = Array.from({ length: 500 }, (_, i) => i);
    for (let length = 0; length <= 500; length++) {
      for (const budget of [1, 2, 3, 8, 100]) {
        const window = tailTokens(tokens.slice(0, length), budget);
        assert.ok(window.length <= budget);
        assert.ok(window.length >= Math.min(length, Math.floor(budget * 0.75)), `${length} ${budget}`);
        assert.equal(window.at(-1), length > 0 ? length - 1 : undefined);
      }
    }
  });

  test('moves in steps', () => {
    const starts = new Set<number>();
    for (let length = 100; length < 200; length++) {
      starts.add(
        tailTokens(
          Array.from({ length }, (_, i) => i),
          100,
        )[0]!,
      );
    }
    assert.deepEqual([...starts], [0, 25, 50, 75, 100]);
  });
});

describe('the window on the text after the cursor', () => {
  test('is the start of the text, within the budget, and most of it', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const text = randomText(random, random.int(0, 300));
      const budget = random.int(8, 120);
      const window = headText(text, budget);
      assert.ok(text.startsWith(window));
      assert.ok(window.length <= budget, `seed ${seed}: ${window.length} of ${budget}`);
      assert.ok(window.length >= Math.min(text.length, budget / 2 - 1), `seed ${seed}`);
      assert.ok(!isHigh(window.charCodeAt(window.length - 1)), `seed ${seed}: a character was split`);
    }
  });

  test('ends at a line where it can', () => {
    assert.equal(headText('first line\nsecond line\nthird', 16), 'first line');
  });
});
