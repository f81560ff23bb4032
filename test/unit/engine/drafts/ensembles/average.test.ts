import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AverageDraft } from '../../../../../src/engine/drafts/ensembles/average.ts';
import { Mixture } from '../../../../../src/engine/drafts/ensembles/mixture.ts';
import { largest, markov } from '../../../../toy/markov.ts';
import { ScriptedDraft, ToyDistribution, tableOf } from './parts.ts';

const SIZE = 6;
const context = { prompt: [1, 2, 3], language: 'toy' };
const neverAborted = new AbortController().signal;
const fixed = (...weights: number[]) => ({ weights: () => weights });
const close = (a: number | undefined, b: number) => assert.ok(Math.abs(a! - b) < 1e-6, `${a} is not ${b}`);

function neural(id: string, model: ToyDistribution, languages: readonly string[] = ['toy']) {
  return { id, languages, model };
}

describe('the average of distributions', () => {
  test('proposes its likeliest token, which need not be anybody’s favourite', async () => {
    const one = new ToyDistribution(fixed(5, 0, 4, 1, 0, 0));
    const two = new ToyDistribution(fixed(0, 5, 4, 1, 0, 0));
    const draft = new AverageDraft(
      { neural: [neural('one', one), neural('two', two)], copying: [], table: undefined },
      SIZE,
      0.9,
    );
    const { tokens, probabilities } = await draft.open(context).propose(4, neverAborted);
    assert.deepEqual(tokens, [2]);
    close(probabilities![0], 0.4);
  });

  test('asks every model about its own chain, and is the model when there is only one', async () => {
    const toy = markov(3, SIZE, 2);
    const model = new ToyDistribution(toy);
    const draft = new AverageDraft({ neural: [neural('a', model)], copying: [], table: undefined }, SIZE, 0);
    const session = draft.open(context);
    assert.equal(session.behind(), 3);
    const { tokens, probabilities } = await session.propose(4, neverAborted);
    const text = [...context.prompt];
    for (const [i, token] of tokens.entries()) {
      const weights = toy.weights(text);
      assert.equal(token, largest(weights));
      close(probabilities![i], weights[token]! / weights.reduce((a, b) => a + b));
      text.push(token);
    }
    assert.deepEqual(
      model.asked,
      [0, 1, 2, 3].map((i) => [...context.prompt, ...tokens.slice(0, i)]),
    );
    assert.equal(session.behind(), 0);
    session.commit(new Array(9).fill(0));
    assert.ok(session.behind() > 0);
  });

  test('counts a copy and a table with what they are trusted', async () => {
    const flat = new ToyDistribution(fixed(1, 1, 1, 1, 1, 1.2));
    const copy = new ScriptedDraft('copy').say(30, 4, 3);
    const draft = new AverageDraft(
      { neural: [neural('flat', flat)], copying: [copy], table: tableOf({ 4: [3, 0.9] }) },
      SIZE,
      0.01,
    );
    assert.deepEqual((await draft.open(context).propose(3, neverAborted)).tokens, [4, 3, 5]);
  });

  test('a member that is right gains weight, until it is wrong', async () => {
    const left = new ToyDistribution(fixed(8, 1, 1, 0, 0, 0));
    const right = new ToyDistribution(fixed(1, 7, 2, 0, 0, 0));
    const members = { neural: [neural('l', left), neural('r', right)], copying: [], table: undefined };
    const session = new AverageDraft(members, SIZE, 0.99).open(context);
    const said: number[] = [];
    for (const truth of [1, 1, 1, 1, 0, 0, 0, 0]) {
      said.push((await session.propose(1, neverAborted)).tokens[0]!);
      session.commit([truth]);
    }
    assert.deepEqual(said, [0, 1, 1, 1, 1, 1, 0, 0]);
  });

  test('begins with the model for the language', async () => {
    const a = neural('a', new ToyDistribution(fixed(9, 1, 0, 0, 0, 0)), ['one']);
    const b = neural('b', new ToyDistribution(fixed(1, 9, 0, 0, 0, 0)), ['two']);
    const draft = new AverageDraft({ neural: [a, b], copying: [], table: undefined }, SIZE, 1);
    const first = async (language: string) =>
      (await draft.open({ ...context, language }).propose(1, neverAborted)).tokens;
    assert.deepEqual([await first('one'), await first('two')], [[0], [1]]);
  });

  test('leaves out a model whose context has ended', async () => {
    const short = new ToyDistribution(fixed(9, 0, 0, 0, 0, 0), 3);
    const long = new ToyDistribution(fixed(0, 5, 1, 0, 0, 0));
    const members = { neural: [neural('s', short), neural('l', long)], copying: [], table: undefined };
    assert.deepEqual(
      (await new AverageDraft(members, SIZE, 0).open(context).propose(3, neverAborted)).tokens,
      [0, 1, 1],
    );
    const none = { neural: [neural('s', short)], copying: [], table: undefined };
    const late = { ...context, prompt: [1, 2, 3, 4] };
    assert.deepEqual((await new AverageDraft(none, SIZE, 0).open(late).propose(3, neverAborted)).tokens, []);
  });

  test('gives what it has when it is cancelled', async () => {
    const control = new AbortController();
    const model = new ToyDistribution({
      weights: (text) => {
        if (text.length === 4) control.abort();
        return [1, 0, 0, 0, 0, 0];
      },
    });
    const members = { neural: [neural('a', model)], copying: [], table: undefined };
    const { tokens } = await new AverageDraft(members, SIZE, 0).open(context).propose(5, control.signal);
    assert.deepEqual(tokens, [0]);
  });
});

describe('the weights of a mixture', () => {
  test('follow Bayes, but for what flows back', () => {
    const mixture = new Mixture([1, 1]);
    mixture.observe([0.9, 0.1]);
    close(mixture.shares[0], 0.97 * 0.9 + 0.03 * 0.5);
    close(mixture.shares[0]! + mixture.shares[1]!, 1);
  });

  test('stay for a member that said nothing', () => {
    const mixture = new Mixture([2, 1, 1]);
    mixture.observe([undefined, 0.9, 0.3]);
    close(mixture.shares[0], 0.5);
    assert.ok(mixture.shares[1]! > mixture.shares[2]!);
  });

  test('come back after a change, however long the other was right', () => {
    const mixture = new Mixture([1, 1]);
    for (let i = 0; i < 500; i++) mixture.observe([0.9, 0.01]);
    for (let i = 0; i < 3; i++) mixture.observe([0.01, 0.9]);
    assert.ok(mixture.shares[1]! > 0.9, `${mixture.shares[1]}`);
  });

  test('stand when nobody held what came', () => {
    const mixture = new Mixture([1, 3]);
    mixture.observe([0, 0]);
    close(mixture.shares[1], 0.75);
  });
});
