import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  originalAt,
  type Rewrite,
  rewriteAfter,
  rewriteAt,
} from '../../../../src/editor/completion/removedText.ts';

/** A document with a cursor `█` or a selection `[…]`, in which a test types and deletes. */
function desk(drawing: string) {
  const marks = ['[', ']', '█'];
  let text = [...drawing].filter((char) => !marks.includes(char)).join('');
  const selected = drawing.includes('[');
  let from = drawing.indexOf(selected ? '[' : '█');
  let to = selected ? drawing.indexOf(']') - 1 : from;
  let rewrite: Rewrite | undefined;
  let now = 0;
  const change = (offset: number, length: number, inserted: string) => {
    const removed = text.slice(offset, offset + length);
    rewrite = rewriteAfter(rewrite, { offset, removed, inserted }, now);
    text = text.slice(0, offset) + inserted + text.slice(offset + length);
  };
  const own = {
    /** Replace the selection, or insert at the cursor. */
    type: (inserted: string) => {
      change(from, to - from, inserted);
      from += inserted.length;
      to = from;
      rewrite = rewriteAt(rewrite, from);
      return own;
    },
    letters: (inserted: string) => {
      for (const letter of inserted) own.type(letter);
      return own;
    },
    backspace: (times = 1) => {
      for (let i = 0; i < times; i++) {
        from--;
        own.type('');
      }
      return own;
    },
    forward: (times = 1) => {
      for (let i = 0; i < times; i++) {
        to = from + 1;
        own.type('');
      }
      return own;
    },
    /** A change that is not made at the cursor: an import that is added, say. */
    elsewhere: (before: string, length: number, inserted: string) => {
      const offset = text.indexOf(before);
      change(offset, length, inserted);
      if (offset < from) {
        from += inserted.length - length;
        to = from;
      }
      return own;
    },
    select: (part: string) => {
      from = text.indexOf(part);
      to = from + part.length;
      rewrite = rewriteAt(rewrite, to);
      return own;
    },
    move: (before: string) => {
      from = text.indexOf(before);
      to = from;
      rewrite = rewriteAt(rewrite, from);
      return own;
    },
    wait: (millis: number) => {
      now += millis;
      return own;
    },
    original: () => originalAt(rewrite, from, now),
    text: () => text,
  };
  return own;
}

const old = 'function total(list) {\n  let sum = 0;\n  for (const x of list) sum += x;\n  return sum;\n}';
const above = 'const a = 1;\n\n';
const below = '\n\nexport default total;\n';

describe('the text that is being rewritten', () => {
  test('is what was selected and typed over, from where it was written again', () => {
    assert.equal(desk(`${above}[${old}]${below}`).type('f').original(), old.slice(1));
    assert.equal(desk(`${above}[${old}]${below}`).letters('function ').original(), old.slice(9));
  });

  test('is what was deleted, before anything is typed', () => {
    assert.equal(desk(`${above}[${old}]${below}`).type('').original(), old);
  });

  test('is found again behind something new', () => {
    const written = 'function totalPrice(list, tax) {\n  let sum = 0;\n';
    const rest = old.slice(old.indexOf('  for'));
    assert.equal(desk(`${above}[${old}]${below}`).letters(written).original(), rest);
  });

  test('goes on at the same line where what was written is new', () => {
    const rest = old.slice(old.indexOf('  let'));
    assert.equal(desk(`[${old}]`).letters('def sum_of(values):\n').original(), rest);
  });

  test('ends where all of it has been written again', () => {
    assert.equal(desk(`${above}[${old}]${below}`).letters(old).original(), undefined);
  });

  test('grows with each letter that is deleted, backwards and forwards', () => {
    const word = 'computeTheTotal(entries)';
    assert.equal(desk(`x = ${word}█;`).backspace(word.length).original(), word);
    assert.equal(desk(`x = █${word};`).forward(word.length).original(), word);
    const both = desk(`x = computeThe█Total(entries);`).backspace(10).forward(14);
    assert.equal(both.text(), 'x = ;');
    assert.equal(both.original(), word);
  });

  test('does not hold what was typed and taken back', () => {
    const typed = desk(`${above}[${old}]${below}`).letters('function fub').backspace(2);
    assert.equal(typed.original(), old.slice(9));
    assert.equal(typed.text(), `${above}function f${below}`);
  });

  test('is what was written a moment ago when that is taken away again', () => {
    const call = 'computeTheTotal(entries)';
    const written = desk('x = ab█').backspace(2).letters(call);
    assert.equal(written.original(), undefined);
    assert.equal(written.select(call).type('c').original(), call.slice(1));
  });

  test('moves with changes above and stays with changes below', () => {
    const moved = desk(`${above}[${old}]${below}`).type('f').elsewhere('const a', 0, "import b from 'b';\n");
    assert.equal(moved.type('u').original(), old.slice(2));
    assert.equal(moved.elsewhere('export', 6, 'module.').type('n').original(), old.slice(3));
  });

  test('is forgotten when the cursor leaves, and after a while', () => {
    const left = desk(`${above}[${old}]${below}`).type('f').move('const a');
    assert.equal(left.original(), undefined);
    assert.equal(left.move(`f${below}`).original(), undefined, 'coming back does not bring it back');
    assert.equal(desk(`[${old}]`).type('f').wait(200_000).original(), undefined);
    assert.equal(desk(`[${old}]`).type('f').wait(60_000).type('u').wait(90_000).original(), old.slice(2));
  });

  test('gives way to a larger text that is taken away elsewhere', () => {
    const both = desk(`${above}[${old}]${below}`).type('f').move('const a');
    assert.equal(both.forward(above.length).original(), above);
  });

  test('is not worth it when it is short or blank', () => {
    assert.equal(desk('a [= b] c').type('x').original(), undefined);
    assert.equal(
      desk(`a[${' '.repeat(40)}]b`)
        .type('')
        .original(),
      undefined,
    );
  });

  test('is bounded, and has one kind of line end', () => {
    const original = desk(`[${'word\r\n'.repeat(4000)}]`)
      .type('')
      .original();
    assert.ok(original && original.length <= 8_000 && !original.includes('\r'));
    assert.equal(desk(`[${old}]`).letters('z'.repeat(4_001)).original(), undefined);
  });
});
