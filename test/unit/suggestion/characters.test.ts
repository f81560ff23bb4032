import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from '../../../src/suggestion/characters.ts';

test('kind 7, broken characters: a summary or a translation is shown without them', () => {
  assert.equal(
    readable('\u05e9\u05dc\u05d5\u05dd \ufffd\ufffd.\r\nA \ud83d 👩\u200d👧 \0é\ufeff'),
    '\u05e9\u05dc\u05d5\u05dd .\nA  👩\u200d👧 é',
  );
  assert.equal(readable('plain\ttext\n'), 'plain\ttext\n');
});
