import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeldTexts } from '../../../src/runtime/heldTexts.ts';

/** `length` tokens that no other `name` has. */
const text = (name: number, length = 200) => Array.from({ length }, (_, i) => name * 1000 + i);

/** Resume a text and hold all of it, as reading it does. @returns tokens that were held already. */
function read(held: HeldTexts, tokens: readonly number[]): number {
  held.resume(tokens);
  const kept = held.current.length;
  held.current.push(...tokens.slice(kept));
  return kept;
}

describe('the texts that a cache holds', () => {
  test('go on where a prompt shares their beginning', () => {
    const held = new HeldTexts(2);
    assert.equal(read(held, text(1)), 0);
    assert.equal(read(held, [...text(1), 7, 8]), 200);
    assert.equal(read(held, [...text(1, 150), 9]), 150);
  });

  test('are found again after another text was read', () => {
    const held = new HeldTexts(2);
    const first = held.resume(text(1));
    held.current.push(...text(1));
    read(held, text(2));
    assert.equal(held.resume([...text(1), 5]), first);
    assert.equal(held.current.length, 200);
    assert.equal(read(held, text(2)), 200);
  });

  test('make room where they were not used for longest', () => {
    const held = new HeldTexts(2);
    read(held, text(1));
    read(held, text(2));
    read(held, text(1));
    read(held, text(3));
    assert.equal(read(held, text(1)), 200);
    assert.equal(read(held, text(2)), 0);
  });

  test('that share no more than a header do not lose what they hold', () => {
    const held = new HeldTexts(3);
    const header = text(9, 20);
    read(held, [...header, ...text(1)]);
    assert.equal(read(held, [...header, ...text(2)]), 0);
    assert.equal(read(held, [...header, ...text(1)]), 220);
  });

  test('are cut where a prompt is shorter, and taken over where they are short themselves', () => {
    const held = new HeldTexts(3);
    read(held, text(1));
    assert.equal(read(held, text(1, 10)), 10);
    assert.equal(held.current.length, 10);
    assert.equal(read(held, text(1)), 10);
  });

  test('are all forgotten with the last token of the one in use', () => {
    const held = new HeldTexts(2);
    read(held, text(1));
    read(held, text(2));
    held.truncate(100);
    assert.equal(held.current.length, 100);
    held.truncate(0);
    assert.equal(read(held, text(1)), 0);
    assert.equal(read(held, text(2)), 0);
  });

  test('hold tokens for exactly the prompts that were read, whatever the order', () => {
    const held = new HeldTexts(3);
    const stored = new Map<number, number[]>();
    let state = 1;
    for (let turn = 0; turn < 2_000; turn++) {
      state = (state * 48271) % 2147483647;
      const prompt = [...text(state % 5, 40 + (state % 100)), ...text(50 + (state % 7), state % 30)];
      const slot = held.resume(prompt);
      const cached = (stored.get(slot) ?? []).slice(0, held.current.length);
      assert.deepEqual(held.current, cached, 'a slot claims tokens that were never written to it');
      assert.deepEqual(cached, prompt.slice(0, cached.length));
      held.current.push(...prompt.slice(cached.length));
      stored.set(slot, [...prompt]);
    }
  });
});
