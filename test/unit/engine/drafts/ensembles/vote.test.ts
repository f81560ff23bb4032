import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { elect, VoteDraft } from '../../../../../src/engine/drafts/ensembles/vote.ts';
import { ScriptedDraft, tableOf } from './parts.ts';

const context = { prompt: [1, 2, 3], language: 'toy' };

describe('electing a token', () => {
  test('a single vote keeps its reliability', () => {
    for (const reliability of [0.1, 0.5, 0.9])
      assert.ok(Math.abs(elect([{ token: 4, reliability }])!.probability - reliability) < 1e-12);
  });

  test('two of middling reliability outvote a better one', () => {
    const two = { token: 2, reliability: 0.6 };
    assert.equal(elect([{ token: 1, reliability: 0.8 }, two, two])?.token, 2);
    assert.equal(elect([{ token: 1, reliability: 0.99 }, { token: 2, reliability: 0.5 }, two])?.token, 1);
  });

  test('agreement makes surer, disagreement less sure', () => {
    const vote = { token: 1, reliability: 0.6 };
    const alone = elect([vote])!.probability;
    assert.ok(elect([vote, vote])!.probability > alone);
    assert.ok(elect([vote, { token: 2, reliability: 0.4 }])!.probability < alone);
  });

  test('is what Bayes says of members that err independently', () => {
    // The truth is one of nine tokens, all alike; each member names it with its reliability, else one of the others.
    const says = (truth: number, token: number, p: number) => (truth === token ? p : (1 - p) / 8);
    const votes = [
      { token: 0, reliability: 0.7 },
      { token: 1, reliability: 0.5 },
      { token: 0, reliability: 0.3 },
    ];
    const chance = (truth: number) =>
      votes.reduce((product, { token, reliability }) => product * says(truth, token, reliability), 1);
    const total = Array.from({ length: 9 }, (_, truth) => chance(truth)).reduce((a, b) => a + b);
    const winner = elect(votes)!;
    assert.equal(winner.token, 0);
    assert.ok(Math.abs(winner.probability - chance(0) / total) < 1e-9);
  });

  test('without votes nobody is elected, and of equal ones the first is', () => {
    assert.equal(elect([]), undefined);
    assert.equal(
      elect([
        { token: 5, reliability: 0.5 },
        { token: 4, reliability: 0.5 },
      ])?.token,
      5,
    );
  });
});

describe('the vote of drafts', () => {
  test('a copy that is outvoted is out, though it would agree again later', () => {
    const [a, b, c] = [new ScriptedDraft('a'), new ScriptedDraft('b'), new ScriptedDraft('c')];
    const session = new VoteDraft([a, b, c], undefined).open(context);
    a.say(8, 5, 6, 7, 9);
    b.say(8, 5, 6, 7, 9);
    c.say(8, 5, 1, 1, 1, 1);
    const { tokens, probabilities } = session.propose(10);
    assert.deepEqual(tokens, [5, 6, 7, 9]);
    assert.ok(probabilities?.every((p) => p > 0 && p < 1));
    assert.ok(probabilities![0]! > probabilities![1]!, 'all agreed on the first, not on the second');
  });

  test('the table votes at every place, for what follows the chain', () => {
    const a = new ScriptedDraft('a').say(1, 5);
    const table = tableOf({ 3: [5, 0.5], 5: [6, 0.9], 6: [7, 0.8], 7: [8, 0.02] });
    const session = new VoteDraft([a], table).open(context);
    assert.deepEqual(session.propose(10).tokens, [5, 6, 7]);
    assert.deepEqual(session.propose(2).tokens, [5, 6]);
    session.commit([5, 6]);
    a.say(0);
    assert.deepEqual(session.propose(1).tokens, [7]);
  });

  test('a member that keeps being wrong is outvoted by one that is right, also in later requests', () => {
    const [good, bad] = [new ScriptedDraft('good').say(4, 5, 5), new ScriptedDraft('bad').say(4, 6, 6)];
    const draft = new VoteDraft([bad, good], undefined);
    const session = draft.open(context);
    assert.deepEqual(session.propose(1).tokens, [6], 'nothing is known yet: the first counts');
    for (let i = 0; i < 30; i++) {
      session.commit([5, 5, 5]);
      session.propose(2);
    }
    assert.deepEqual(session.propose(2).tokens, [5, 5]);
    assert.deepEqual(draft.open(context).propose(2).tokens, [5, 5]);
  });

  test('a place behind the first error says nothing of a member', () => {
    const a = new ScriptedDraft('a').say(4, 5, 6);
    const draft = new VoteDraft([a], undefined);
    const session = draft.open(context);
    const before = session.propose(2).probabilities!;
    for (let i = 0; i < 20; i++) {
      session.commit([9, 6]);
      session.propose(2);
    }
    a.say(4, 5, 6);
    const after = session.propose(2).probabilities!;
    assert.ok(after[0]! < before[0]! / 2, 'the first place was wrong each time');
    assert.equal(after[1] ?? before[1], before[1]);
  });

  test('sessions that are there are used and not told twice', () => {
    const [shared, own] = [new ScriptedDraft('shared'), new ScriptedDraft('own')];
    const sessions = new Map([['shared', shared.open()]]);
    const session = new VoteDraft([shared, own], undefined).open({ ...context, sessions });
    session.commit([1, 2]);
    assert.deepEqual([shared.opened, own.opened], [1, 1]);
    assert.deepEqual([shared.committed, own.committed], [[], [1, 2]]);
    shared.say(3, 1);
    own.say(2, 1);
    assert.equal(session.matchLength(), 3);
    assert.equal(session.behind(), 0);
  });

  test('has nothing to say when no member has', () => {
    const session = new VoteDraft([new ScriptedDraft('a').say(0, 1, 2)], undefined).open(context);
    assert.deepEqual(session.propose(4).tokens, []);
  });
});
