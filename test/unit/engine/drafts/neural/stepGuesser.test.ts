import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NeuralDraft } from '../../../../../src/engine/drafts/neural/neural.ts';
import { PassGuesser } from '../../../../../src/engine/drafts/neural/passGuesser.ts';
import { StepGuesser, type StepModel } from '../../../../../src/engine/drafts/neural/stepGuesser.ts';
import { greedyTokens } from '../../../../toy/drafts.ts';
import { largest, markov } from '../../../../toy/markov.ts';
import { Random } from '../../../../toy/random.ts';
import { ToyTarget } from '../../../../toy/target.ts';

const model = markov(4, 7, 3);
const neverAborted = new AbortController().signal;

/** A toy model that goes token by token and throws where its contract is broken. */
class ToySteps implements StepModel {
  readonly reads: number[] = [];
  private readonly buffer: number[] = [];
  private last = -1;

  constructor(readonly contextLength: number) {}

  read(token: number, position: number): void {
    assert.ok(position <= this.buffer.length && position < this.contextLength, `read at ${position}`);
    this.buffer[position] = token;
    this.last = position;
    this.reads.push(position);
  }

  predict() {
    assert.ok(this.last >= 0, 'asked before anything was read');
    const weights = model.weights(this.buffer.slice(0, this.last + 1));
    const token = largest(weights);
    return { token, probability: weights[token]! / weights.reduce((a, b) => a + b, 0) };
  }

  distribution(to: Float32Array): void {
    const weights = model.weights(this.buffer.slice(0, this.last + 1));
    to.set(weights.map((weight) => weight / weights.reduce((a, b) => a + b, 0)));
  }
}

describe('guessing token by token', () => {
  test('gives what the model would write, whatever was guessed and committed before', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const draft = new NeuralDraft('neural', [], new StepGuesser(new ToySteps(80), 0));
      for (let request = 0; request < 3; request++) {
        const text = random.list(random.int(1, 20), () => random.int(0, 6));
        const session = draft.open({ prompt: text, language: 'toy' });
        for (let round = 0; round < 5; round++) {
          const limit = random.int(1, 6);
          if (random.chance(0.7)) {
            const { tokens, probabilities } = await session.propose(limit, neverAborted);
            assert.deepEqual(tokens, greedyTokens(model, text, limit), `seed ${seed}`);
            assert.equal(probabilities?.length, limit);
            assert.equal(session.behind(), 0);
          }
          const committed = [...greedyTokens(model, text, random.int(0, 3)), random.int(0, 6)];
          session.commit(committed);
          text.push(...committed);
        }
      }
    }
  });

  test('reads each token once, but for the last one after a request that ends with a held text', async () => {
    const steps = new ToySteps(80);
    const session = new NeuralDraft('neural', [], new StepGuesser(steps, 0)).open({
      prompt: [1, 2, 3, 4, 5],
      language: 'toy',
    });
    const { tokens } = await session.propose(3, neverAborted);
    assert.deepEqual(steps.reads, [0, 1, 2, 3, 4, 5, 6]);
    session.commit([tokens[0]!, (tokens[1]! + 1) % 7]);
    steps.reads.length = 0;
    await session.propose(2, neverAborted);
    assert.deepEqual(steps.reads, [6, 7], 'the accepted token is held, the corrected one is read');
    steps.reads.length = 0;
    await session.propose(1, neverAborted);
    assert.deepEqual(steps.reads, [6], 'what was read last must be the end of the text');
  });

  test('stops where it is no longer sure, after the token that made it so', async () => {
    const text = [1, 2, 3];
    const all = await new StepGuesser(new ToySteps(80), 0).guess(text, 8, neverAborted);
    const chances: number[] = [];
    for (const p of all.probabilities!) chances.push((chances.at(-1) ?? 1) * p);
    for (const least of [0.9, 0.5, 0.1, 0.01]) {
      const { tokens } = await new StepGuesser(new ToySteps(80), least).guess(text, 8, neverAborted);
      const unsure = chances.findIndex((chance) => chance < least);
      assert.equal(tokens.length, unsure < 0 ? 8 : unsure + 1, `${least}`);
      assert.deepEqual(tokens, all.tokens.slice(0, tokens.length));
    }
  });

  test('falls silent where its context ends', async () => {
    for (let length = 1; length <= 12; length++) {
      const guesser = new StepGuesser(new ToySteps(10), 0);
      const { tokens } = await guesser.guess(new Array<number>(length).fill(2), 4, neverAborted);
      assert.equal(tokens.length, length > 10 ? 0 : Math.min(4, 11 - length), `${length}`);
    }
  });

  test('lets others run while it catches up, and stops when it is cancelled', async () => {
    const controller = new AbortController();
    const steps = new ToySteps(1000);
    const guess = new StepGuesser(steps, 0).guess(new Array<number>(500).fill(3), 8, controller.signal);
    controller.abort();
    assert.deepEqual((await guess).tokens, []);
    assert.ok(steps.reads.length < 100, `${steps.reads.length} were read`);
  });

  test('gives the distribution after any text, without disturbing the guesses', async () => {
    const guesser = new StepGuesser(new ToySteps(80), 0);
    const passes = new PassGuesser(new ToyTarget(model, 80));
    const random = new Random(5);
    const text = random.list(12, () => random.int(0, 6));
    for (let i = 0; i < 60; i++) {
      text.splice(random.int(1, text.length), random.int(0, 3), ...random.list(2, () => random.int(0, 6)));
      text.length = Math.min(text.length, 40);
      const weights = model.weights(text);
      const total = weights.reduce((a, b) => a + b, 0);
      for (const each of [guesser, passes]) {
        const row = new Float32Array(7);
        assert.ok(await each.after(text, row, neverAborted));
        for (const [token, weight] of weights.entries())
          assert.ok(Math.abs(row[token]! - weight / total) < 1e-6);
        const { tokens } = await each.guess(text, 3, neverAborted);
        assert.deepEqual(tokens, greedyTokens(model, text, 3));
      }
    }
    const long = new Array<number>(81).fill(1);
    for (const each of [guesser, passes])
      assert.equal(await each.after(long, new Float32Array(7), neverAborted), false);
    for (const each of [guesser, passes])
      assert.equal(await each.after([1, 2], new Float32Array(7), AbortSignal.abort()), false);
  });
});
