import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { say, speakThrough } from '../../../src/editor/words.ts';

afterEach(() => speakThrough(undefined));

test('values stand in their places, more than once and in any order; nothing as nought', () => {
  assert.equal(say('{1} of {0}, {1}', 'a', 0), '0 of a, 0');
  assert.equal(say('{0}|', ''), '|');
  assert.equal(say('no place', 'x'), 'no place');
});

test('a place without a value stays as it stands, and a value is never read as a place or a pattern', () => {
  assert.equal(say('{0} and {2}', 'x'), 'x and {2}');
  assert.equal(say('{0} {1}', '{1}', 'y'), '{1} y');
  assert.equal(say('{0}', '$& $1 $$'), '$& $1 $$');
});

test('a translation gets the text with its places and the values, until English is asked for again', () => {
  const heard: unknown[] = [];
  speakThrough((message, ...values) => {
    heard.push([message, values]);
    return 'anders';
  });
  assert.equal(say('{0} ms', 3), 'anders');
  assert.deepEqual(heard, [['{0} ms', [3]]]);
  speakThrough(undefined);
  assert.equal(say('{0} ms', 3), '3 ms');
});
