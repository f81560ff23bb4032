import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DivergingSampler } from '../../../src/engine/diverging.ts';
import { HealingSampler, TokenTrie } from '../../../src/engine/healing.ts';
import { noDraft } from '../../../src/engine/policy/fixed.ts';
import { greedy } from '../../../src/engine/sampling.ts';
import type { Scores } from '../../../src/engine/target.ts';
import { expected, randomRequest, randomWorld, runTrial } from '../../toy/cases.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

const vocabulary = vocabularyOf(['', 'a', 'ab', 'b', 'abc', 'x']);
/** Logits in the order of the vocabulary. */
const scoresOf = (...values: number[]): Scores => {
  const row = Float32Array.from(values);
  return { rows: 1, logits: () => row, argmax: () => row.indexOf(Math.max(...row)) };
};
const nothing = new Uint8Array();

test('the first token is the best that is no beginning of a text that is there, nor has all of it', () => {
  const first = (texts: string[], ...values: number[]) =>
    new DivergingSampler(greedy, vocabulary, nothing, texts).choose(scoresOf(...values), 0);
  assert.equal(first(['ab x'], 9, 8, 7, 1, 2, 0), 4);
  assert.equal(first(['ab x', 'abc'], 9, 8, 7, 1, 6, 0), 3);
  assert.equal(first(['a', 'b'], 9, 8, 7, 6, 5, 0), 5);
  assert.equal(first(['a', 'b', 'x'], 9, 8, 7, 6, 5, 0), 0, 'where none is left the choice is the usual one');
});

test('from the second token on everything is as usual', () => {
  const sampler = new DivergingSampler(greedy, vocabulary, nothing, ['ab']);
  assert.equal(sampler.need(), 'logits');
  sampler.commit(3);
  assert.equal(sampler.need(), 'argmax');
  assert.equal(sampler.choose(scoresOf(0, 9, 8, 0, 0, 0), 0), 1);
});

test('bytes that stand before the cursor already count as the beginning of every text', () => {
  const required = Buffer.from('a');
  const trie = new TokenTrie(vocabulary);
  const inner = new DivergingSampler(greedy, vocabulary, required, ['b']);
  const sampler = new HealingSampler(inner, trie, vocabulary, required);
  // «a», «ab» and «abc» all begin as «ab» does, and «x» does not agree with what stands there: the usual choice is left.
  assert.equal(sampler.choose(scoresOf(9, 8, 7, 6, 5, 9), 0), 1);
  const other = new DivergingSampler(greedy, vocabulary, required, ['x']);
  assert.equal(
    new HealingSampler(other, trie, vocabulary, required).choose(scoresOf(9, 8, 7, 6, 5, 9), 0),
    2,
  );
});

test('an alternative begins otherwise than the first text, and no draft changes it', async () => {
  let compared = 0;
  for (let seed = 0; seed < 60; seed++) {
    const world = randomWorld(seed);
    const request = { ...randomRequest(world), language: 'toy' };
    const first = expected(world, request);
    if (first.text === '') continue;
    const unlike = () => new DivergingSampler(greedy, world.vocabulary, nothing, [first.text]);
    const run = (policy: typeof world.policy) =>
      runTrial({ ...world, policy }, request, new ToyTarget(world.model, world.contextLength), unlike());
    const { result } = await run(world.policy);
    const plain = await run(noDraft);
    assert.deepEqual(result.ids, plain.result.ids, `seed ${seed}`);
    const text = Buffer.from(first.text);
    const alike = (token: number) => {
      const bytes = Buffer.from(world.vocabulary.bytes(token));
      const length = Math.min(bytes.length, text.length);
      return bytes.subarray(0, length).equals(text.subarray(0, length));
    };
    const all = Array.from({ length: world.vocabulary.size }, (_, token) => token);
    // Where every token begins as the text does there is no alternative.
    if (all.every(alike) || result.ids.length === 0) continue;
    assert.ok(!alike(result.ids[0]!), `seed ${seed}`);
    compared++;
  }
  assert.ok(compared > 20, `${compared}`);
});
