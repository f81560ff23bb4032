import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HealingSampler, TokenTrie } from '../../../src/engine/healing.ts';
import { greedy } from '../../../src/engine/sampling.ts';
import type { Vocabulary } from '../../../src/engine/target.ts';
import { checkTrial, randomRequest, randomTokens, randomWorld, runTrial } from '../../toy/cases.ts';
import { largest } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { plainDecode } from '../../toy/reference.ts';
import { ToyTarget } from '../../toy/target.ts';
import { cases } from '../../toy/thorough.ts';
import { bytesOf, randomVocabulary, vocabularyOf } from '../../toy/vocabulary.ts';

const starts = (bytes: Uint8Array, beginning: Uint8Array) =>
  Buffer.from(bytes).subarray(0, beginning.length).equals(beginning);

const all = (vocabulary: Vocabulary) =>
  Array.from({ length: vocabulary.size }, (_, token) => ({ token, bytes: vocabulary.bytes(token) })).filter(
    ({ bytes }) => bytes.length > 0,
  );

/** Whether some sequence of tokens gives bytes that start with `required`, tried out. */
function reachable(vocabulary: Vocabulary, required: Uint8Array): boolean {
  return (
    required.length === 0 ||
    all(vocabulary).some(
      ({ bytes }) =>
        starts(bytes, required) ||
        (starts(required, bytes) && reachable(vocabulary, required.subarray(bytes.length))),
    )
  );
}

/** Tokens that can stand next when `required` must come out, tried out. */
function allowed(vocabulary: Vocabulary, required: Uint8Array): number[] {
  return all(vocabulary)
    .filter(
      ({ bytes }) =>
        starts(bytes, required) ||
        (starts(required, bytes) && reachable(vocabulary, required.subarray(bytes.length))),
    )
    .map(({ token }) => token);
}

const sorted = (tokens: readonly number[]) => [...tokens].sort((a, b) => a - b);

describe('the token trie', () => {
  test('finds the tokens that agree with some bytes', () => {
    for (let seed = 0; seed < cases(400); seed++) {
      const random = new Random(seed);
      const vocabulary = randomVocabulary(random);
      const trie = new TokenTrie(vocabulary);
      const bytes = bytesOf(vocabulary, randomTokens(random, vocabulary, 3));
      assert.deepEqual(sorted(trie.compatible(bytes)), allowed(vocabulary, bytes), `seed ${seed}`);
      assert.equal(
        trie.extends(bytes),
        all(vocabulary).some((one) => starts(one.bytes, bytes) && one.bytes.length > bytes.length),
        `seed ${seed}`,
      );
    }
  });

  test('cuts a prompt back as far as one longer token could reach', () => {
    const vocabulary = vocabularyOf(['', 'f', 'o', 'fo', 'foo', 'for', ' ', ' fo', 'x']);
    const trie = new TokenTrie(vocabulary);
    const heal = (prompt: number[]) => {
      const { tokens, required } = trie.heal(prompt);
      return [tokens, Buffer.from(required).toString()];
    };
    assert.deepEqual(heal([8, 6, 1, 2]), [[8, 6], 'fo']);
    assert.deepEqual(heal([8, 6]), [[8], ' ']);
    assert.deepEqual(heal([8, 4]), [[8, 4], '']);
    assert.deepEqual(heal([8, 8]), [[8, 8], '']);
    assert.deepEqual(heal([1]), [[1], ''], 'one token must stay');
    assert.deepEqual(heal([0, 1]), [[0], 'f'], 'a control token may stay');
    assert.deepEqual(heal([8, 1, 0]), [[8, 1, 0], ''], 'nothing is cut across a control token');
  });

  test('loses and adds no byte', () => {
    for (let seed = 0; seed < cases(400); seed++) {
      const random = new Random(seed);
      const vocabulary = randomVocabulary(random);
      const prompt = randomTokens(random, vocabulary, 12);
      const { tokens, required } = new TokenTrie(vocabulary).heal(prompt);
      assert.ok(tokens.length >= 1);
      assert.deepEqual(
        Buffer.concat([bytesOf(vocabulary, tokens), required]),
        bytesOf(vocabulary, prompt),
        `seed ${seed}`,
      );
    }
  });
});

describe('healed decoding', () => {
  test('starts with the required bytes and equals plain decoding, for every draft', async () => {
    let cut = 0;
    for (let seed = 0; seed < cases(800); seed++) {
      const world = randomWorld(seed);
      const { vocabulary, model } = world;
      const trie = new TokenTrie(vocabulary);
      const base = randomRequest(world);
      const { tokens, required } = trie.heal(base.prompt);
      if (required.length > 0) cut++;
      const request = {
        ...base,
        prompt: tokens,
        skipBytes: required.length,
        stop: { ...base.stop, maxTokens: base.stop.maxTokens + 4 },
      };

      const next = (text: readonly number[]) => {
        const made = bytesOf(vocabulary, text.slice(tokens.length));
        if (made.length >= required.length) return largest(model.weights(text));
        const candidates = allowed(vocabulary, required.subarray(made.length));
        const weights = model.weights(text);
        return candidates[largest(candidates.map((token) => weights[token]!))]!;
      };
      const plain = plainDecode(next, tokens, request.stop, vocabulary, world.contextLength, required.length);
      const target = new ToyTarget(model, world.contextLength);
      const sampler = new HealingSampler(greedy, trie, vocabulary, required);
      const trial = await runTrial(world, request, target, sampler);
      try {
        checkTrial(trial, plain, request);
      } catch (error) {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      }
      const made = bytesOf(vocabulary, trial.result.ids);
      const length = Math.min(made.length, required.length);
      assert.ok(made.subarray(0, length).equals(required.subarray(0, length)), `seed ${seed}`);
    }
    assert.ok(cut > cases(100), `${cut} prompts were cut back`);
  });

  test('never walks into a dead end', async () => {
    // «fo» begins with «f», but no token begins with «o»: after «f» the text could not go on.
    const vocabulary = vocabularyOf(['', 'f', 'fo', 'foo', 'x']);
    const trie = new TokenTrie(vocabulary);
    const { tokens, required } = trie.heal([4, 2]);
    assert.deepEqual([tokens, Buffer.from(required).toString()], [[4], 'fo']);
    assert.deepEqual(sorted(trie.compatible(required)), [2, 3]);
  });
});
