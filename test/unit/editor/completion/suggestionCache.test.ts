import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Generation } from '../../../../src/editor/completion/generation.ts';
import { SuggestionCache } from '../../../../src/editor/completion/suggestionCache.ts';
import type { Finish } from '../../../../src/suggestion/finish.ts';
import { drawn } from '../../suggestion/drawing.ts';

function generation(drawing: string, text: string, finish: Finish = 'stop'): Generation {
  const made = new Generation(drawn(drawing));
  made.text = text;
  made.finish = finish;
  return made;
}

test('finds a text at its place and further on in it', () => {
  const cache = new SuggestionCache();
  cache.put(generation('a = █', 'call(b);'));
  assert.equal(cache.find(drawn('a = █'))?.remainder, 'call(b);');
  assert.equal(cache.find(drawn('a = call(█'))?.remainder, 'b);');
  assert.equal(cache.find(drawn('a = cold█')), undefined);
  assert.equal(cache.find(drawn('a = call(b);█')), undefined, 'nothing is left');
  assert.equal(cache.find(drawn('a = █ + 1')), undefined, 'another suffix');
});

test('the longest text that is left wins', () => {
  const cache = new SuggestionCache();
  cache.put(generation('a = █', 'call(b, c, d);'));
  cache.put(generation('a = ca█', 'll();'));
  assert.equal(cache.find(drawn('a = cal█'))?.remainder, 'l(b, c, d);');
});

test('the same text in another file counts', () => {
  const cache = new SuggestionCache();
  cache.put(generation('a = █', 'b;'));
  assert.equal(cache.find(drawn('a = █', { uri: 'file:///other.ts' }))?.remainder, 'b;');
});

test('the oldest that was not used goes first', () => {
  const cache = new SuggestionCache(2);
  cache.put(generation('a = █', '1;'));
  cache.put(generation('b = █', '2;'));
  cache.find(drawn('a = █'));
  cache.put(generation('c = █', '3;'));
  assert.equal(cache.size, 2);
  assert.equal(cache.find(drawn('a = █'))?.remainder, '1;');
  assert.equal(cache.find(drawn('b = █')), undefined);
});

test('a complete empty answer is known, an unfinished one is not', () => {
  const cache = new SuggestionCache();
  cache.put(generation('a = █', '', 'stop'));
  cache.put(generation('b = █', '', 'cut'));
  assert.equal(cache.knowsEmpty(drawn('a = █')), true);
  assert.equal(cache.knowsEmpty(drawn('b = █')), false);
  assert.equal(cache.knowsEmpty(drawn('c = █')), false);
});

test('a look-up in a full cache takes no time that one could feel', () => {
  const cache = new SuggestionCache();
  const long = 'const value = compute(1);\n'.repeat(600);
  for (let i = 0; i < 250; i++) cache.put(generation(`${long}${i} = █`, `${i};`));
  const context = drawn(`${long}no such text█`);
  const since = performance.now();
  for (let i = 0; i < 20; i++) cache.find(context);
  assert.ok((performance.now() - since) / 20 < 5);
});
