import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TOKEN_KINDS, tokenKinds } from '../../../../src/engine/policy/tokenKinds.ts';
import { bundledTokenizer } from '../../../toy/bundled.ts';
import { vocabularyOf } from '../../../toy/vocabulary.ts';

const named = (pieces: readonly (string | readonly number[])[]) =>
  Array.from(tokenKinds(vocabularyOf(pieces)), (kind) => TOKEN_KINDS[kind]);

describe('the kinds of tokens', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    control: [''],
    newline: ['\n', '\r\n', '\n\n    ', ')\n', ' {\n'],
    space: [' ', '    ', '\t', '\r'],
    word: ['a', ' return', '_x', '$', '@Override', 'foo('],
    number: ['0', ' 12', '3.5'],
    opening: ['(', ' {', '[]{', '<div'],
    closing: [')', '};', '>', ' ]', ','],
    quote: ['"', " '", '`', '"a'],
    comment: ['//', ' #', '/**', '*/', '--', '<!--', '"""'],
    sign: ['+', ' =', '!==', '.', '|'],
    foreign: ['é', '→', '日本', ' 🚀'],
  };
  for (const [kind, pieces] of Object.entries(cases)) {
    test(`are told by the bytes: ${kind}`, () => {
      assert.deepEqual(
        named(pieces),
        pieces.map(() => kind),
      );
    });
  }

  test('of a part of a character are foreign', () => {
    assert.deepEqual(named([[0xc3], [0x86, 0x92], [0xff]]), ['foreign', 'foreign', 'foreign']);
    // Whatever the byte means in another encoding, here it is a part of a character.
    assert.deepEqual(named([[0xa0], [0x20, 0xa0]]), ['foreign', 'foreign']);
  });

  test('are known for the whole bundled vocabulary, in all their variety', async () => {
    const { vocabulary } = await bundledTokenizer();
    const kinds = tokenKinds(vocabulary);
    assert.equal(kinds.length, vocabulary.size);
    const counts = TOKEN_KINDS.map((_, kind) => kinds.filter((each) => each === kind).length);
    assert.ok(
      counts.every((count) => count > 0),
      counts.join(),
    );
    assert.ok(counts[TOKEN_KINDS.indexOf('word')]! > vocabulary.size / 3);
  });
});
