import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { wholeNumber } from '../../../src/cli/options.ts';

test('an option that counts takes whole numbers alone', () => {
  const parse = wholeNumber(1);
  assert.equal(parse('1'), 1);
  assert.equal(parse('4096'), 4096);
  for (const text of ['0', '-1', '1.5', '', ' ', 'two', '1e999', '1_000', '9007199254740993', 'NaN']) {
    assert.throws(() => parse(text), InvalidArgumentError, text);
  }
  assert.equal(wholeNumber(0)('0'), 0);
});
