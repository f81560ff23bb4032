import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextAt, maxPrefix, maxSuffix, suffixKey, typedBetween } from '../../../src/suggestion/context.ts';
import { drawn } from './drawing.ts';

const origin = { uri: 'file:///a', path: 'a', language: 'typescript', version: 1, tabSize: 4 };
const at = (text: string, offset: number) =>
  contextAt({ length: text.length, slice: (start, end) => text.slice(start, end) }, offset, origin);

test('the cursor splits the text and its line', () => {
  const context = drawn('one\n  tw█o\nthree');
  assert.equal(context.prefix, 'one\n  tw');
  assert.equal(context.suffix, 'o\nthree');
  assert.equal(context.linePrefix, '  tw');
  assert.equal(context.lineSuffix, 'o');
});

test('line ends are one character', () => {
  const context = at('one\r\ntwo\r\nthree', 7);
  assert.equal(context.prefix, 'one\ntw');
  assert.equal(context.suffix, 'o\nthree');
});

test('a long prefix begins with a line and stays where it is while one types', () => {
  const text = 'const value = 1;\n'.repeat(3000);
  const first = at(text, 40_000);
  assert.ok(first.prefix.length <= maxPrefix);
  assert.ok(first.prefix.length > maxPrefix / 2);
  assert.ok(first.prefix.startsWith('const'));
  assert.equal(at(text, 40_001).start, first.start);
  assert.equal(first.suffix.length, maxSuffix);
});

test('no character is cut in two', () => {
  const text = '\u{1F600}'.repeat(20_000);
  for (const offset of [0, 1, 2, 3].map((shift) => 20_000 + 2 * shift)) {
    const { prefix, suffix } = at(`${text}`, offset);
    assert.ok(!/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(prefix));
    assert.ok(!/[\uD800-\uDBFF]$/.test(suffix));
  }
  const shifted = at(`x${text}`, 20_001);
  assert.ok(!/^[\uDC00-\uDFFF]/.test(shifted.prefix));
  assert.ok(!/[\uD800-\uDBFF]$/.test(shifted.suffix));
});

test('an empty document has a context', () => {
  const context = at('', 0);
  assert.equal(context.prefix + context.suffix + context.linePrefix + context.lineSuffix, '');
});

test('typed text is what was added before the cursor', () => {
  assert.equal(typedBetween(drawn('a = █'), drawn('a = b█')), 'b');
  assert.equal(typedBetween(drawn('a = █'), drawn('a = █')), '');
  assert.equal(typedBetween(drawn('a = b█'), drawn('a = █')), undefined, 'taken away');
  assert.equal(typedBetween(drawn('a = █'), drawn('c = d█')), undefined);
  assert.equal(typedBetween(drawn('a = █'), drawn('a = b█ + c')), undefined, 'another suffix');
  assert.equal(typedBetween(drawn('a = █'), drawn('a = b█', { uri: 'file:///b' })), undefined);
});

test('brackets that the editor closes do not make another suffix', () => {
  assert.equal(typedBetween(drawn('a = █\nb'), drawn('a = call(█)\nb')), 'call(');
  assert.equal(typedBetween(drawn('a = █\nb'), drawn("a = call('█')\nb")), "call('");
  assert.notEqual(suffixKey(drawn('a █ + 1')), suffixKey(drawn('a █')));
});
