import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NeuralDraft } from '../../../../../src/engine/drafts/neural/neural.ts';
import { PassGuesser } from '../../../../../src/engine/drafts/neural/passGuesser.ts';
import { greedyTokens } from '../../../../toy/drafts.ts';
import { markov } from '../../../../toy/markov.ts';
import { Random } from '../../../../toy/random.ts';
import { ToyTarget } from '../../../../toy/target.ts';

const model = markov(4, 7, 3);
const neverAborted = new AbortController().signal;

describe('the neural draft', () => {
  test('guesses what its model would write, whatever was guessed and committed before', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const target = new ToyTarget(model, 80);
      const draft = new NeuralDraft('neural', [], new PassGuesser(target));
      for (let request = 0; request < 3; request++) {
        const text = random.list(random.int(1, 20), () => random.int(0, 6));
        const session = draft.open({ prompt: text, language: 'toy' });
        for (let round = 0; round < 5; round++) {
          const limit = random.int(1, 6);
          if (random.chance(0.7)) {
            const { tokens } = await session.propose(limit, neverAborted);
            assert.deepEqual(tokens, greedyTokens(model, text, limit), `seed ${seed}`);
          }
          const guessed = greedyTokens(model, text, random.int(0, 3));
          const committed = [...guessed, random.int(0, 6)];
          session.commit(committed);
          text.push(...committed);
        }
      }
    }
  });

  test('scores each token of the text once', async () => {
    const target = new ToyTarget(model, 80);
    const session = new NeuralDraft('neural', [], new PassGuesser(target)).open({
      prompt: [1, 2, 3, 4, 5],
      language: 'toy',
    });
    const { tokens } = await session.propose(3, neverAborted);
    assert.deepEqual(target.passes, [5, 1, 1]);
    session.commit([...tokens.slice(0, 1), (tokens[1]! + 1) % 7]);
    target.passes.length = 0;
    await session.propose(2, neverAborted);
    assert.deepEqual(target.passes, [1, 1], 'the accepted token is held, the corrected one is scored');
  });

  test('falls silent where its context ends', async () => {
    for (let length = 1; length <= 12; length++) {
      const target = new ToyTarget(model, 10);
      const session = new NeuralDraft('neural', [], new PassGuesser(target)).open({
        prompt: new Array<number>(length).fill(2),
        language: 'toy',
      });
      const { tokens } = await session.propose(4, neverAborted);
      assert.equal(tokens.length, Math.min(4, Math.max(0, 9 - length)), `${length}`);
      assert.ok(target.length <= 10);
    }
  });

  test('stops between passes when it is cancelled', async () => {
    for (let after = 1; after <= 6; after++) {
      const controller = new AbortController();
      const target = new ToyTarget(model, 1000);
      target.afterPass = () => {
        if (target.passes.length === after) controller.abort();
      };
      const prompt = new Array<number>(500).fill(3);
      const session = new NeuralDraft('neural', [], new PassGuesser(target)).open({
        prompt,
        language: 'toy',
      });
      const { tokens } = await session.propose(8, controller.signal);
      assert.equal(target.passes.length, after);
      assert.ok(Math.max(...target.passes) <= 128, 'catching up goes in short passes');
      assert.deepEqual(tokens, greedyTokens(model, prompt, tokens.length));
    }
  });
});
