import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoPlace } from '../../../scripts/demoPlace.mjs';

test('the first command of the README has a place to complete, in the middle of a line with something behind it', () => {
  const { text, offset } = demoPlace();
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, text.indexOf('\n', offset));
  assert.match(line, /\S \S/);
  assert.notEqual(text[offset], '\n');
});
