import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type KeptWindow, keptWindow } from '../../../src/prompts/keptWindow.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';
import { bundledTokenizer, lines } from '../../toy/bundled.ts';
import { Random } from '../../toy/random.ts';

let tokenizer: Tokenizer;
before(async () => {
  tokenizer = await bundledTokenizer();
});
const line = (i: number) => `  const value${i} = compute(left, ${i * 37}) + right[${i}];\n`;
const code = Array.from({ length: 120 }, (_, i) => line(i)).join('');
const ROOM = 200;
const window = (text: string, last?: KeptWindow, idle = false) =>
  keptWindow(tokenizer, text, ROOM, last?.start, idle);

describe('the window that is kept while one types', () => {
  test('is the whole text while that fits', () => {
    const text = code.slice(0, 300);
    assert.deepEqual(window(text).tokens, tokenizer.encode(text));
    assert.equal(window('').tokens.length, 0);
  });

  test('begins at a line and leaves room for typing', () => {
    const { tokens, start } = window(code);
    assert.ok(tokens.length <= 0.75 * ROOM && tokens.length > 0.5 * ROOM, `${tokens.length}`);
    assert.ok(start.anchor.startsWith('  const value'));
    assert.deepEqual(tokens, tokenizer.encode(code.slice(start.at)));
  });

  test('moves seldom while a text is typed', () => {
    let last = window(code.slice(0, 2000));
    let moves = 0;
    for (let length = 2001; length <= 4000; length += 5) {
      const next = window(code.slice(0, length), last);
      assert.ok(next.tokens.length <= ROOM);
      if (!next.kept) moves++;
      last = next;
    }
    // A quarter of the room is typed between two moves: some fifty tokens.
    const typed = tokenizer.encode(code.slice(2000, 4000)).length;
    assert.ok(moves >= 1 && moves <= Math.ceil(typed / (0.2 * ROOM)), `${moves} moves in ${typed} tokens`);
  });

  test('is found again when the text was cut elsewhere in front', () => {
    const text = code.slice(0, 3000);
    const last = window(text);
    const next = window(text.slice(500), last);
    assert.ok(next.kept);
    assert.equal(next.start.at, last.start.at - 500);
    assert.deepEqual(next.tokens, last.tokens);
  });

  test('is another one when the cursor has gone back to where it holds little', () => {
    const text = code.slice(0, 3000);
    const last = window(text);
    const next = window(text.slice(0, last.start.at + 120), last);
    assert.equal(next.kept, false);
    assert.ok(next.tokens.length > 0.5 * ROOM);
  });

  test('moves while nobody waits when it is nearly full', () => {
    let text = code.slice(0, 2000);
    let full = window(text);
    while (full.tokens.length < 0.9 * ROOM) {
      text = code.slice(0, text.length + 1);
      full = window(text, full);
    }
    assert.ok(window(text, full).kept, 'not while one types');
    const idle = window(text, full, true);
    assert.ok(idle.tokens.length <= 0.75 * ROOM, `${full.tokens.length} ${idle.tokens.length}`);
  });

  test('never exceeds its room, whatever the text', () => {
    const texts = [
      code,
      '名'.repeat(3000),
      ' '.repeat(5000),
      '🚀'.repeat(2000),
      lines.join('\n'),
      'x'.repeat(4000),
    ];
    const random = new Random(7);
    for (const text of texts) {
      for (const room of [2, 8, 100]) {
        let last: KeptWindow | undefined;
        for (let i = 0; i < 6; i++) {
          const end = random.int(0, text.length);
          last = keptWindow(tokenizer, text.slice(0, end), room, last?.start, i % 2 === 1);
          assert.ok(last.tokens.length <= room, `${last.tokens.length} of ${room}`);
        }
      }
    }
  });
});
