import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { copyTrust, StackDraft } from '../../../../../src/engine/drafts/ensembles/stack.ts';
import { ScriptedDraft, tableOf } from './parts.ts';

const context = { prompt: [1, 2, 3], language: 'toy' };
const silent = tableOf({});

describe('stacking', () => {
  test('follows the copy with the longest match, of equal ones the first', () => {
    const [a, b] = [new ScriptedDraft('a').say(3, 7, 7), new ScriptedDraft('b').say(4, 8, 8)];
    const session = new StackDraft([a, b], silent).open(context);
    assert.deepEqual(session.propose(2).tokens, [8, 8]);
    assert.equal(session.matchLength(), 4);
    a.say(4, 7, 7);
    assert.deepEqual(session.propose(2).tokens, [7, 7]);
  });

  test('takes the table where it is surer than the copy, and leaves the copy for good', () => {
    const a = new ScriptedDraft('a').say(1, 5, 6, 7);
    const table = tableOf({ 3: [9, 0.9], 9: [6, 0.8] });
    const { tokens, probabilities } = new StackDraft([a], table).open(context).propose(5);
    // Behind 9 the copy would say 6 as well, but it was left; behind 6 the table is silent.
    assert.deepEqual(tokens, [9, 6]);
    assert.deepEqual(probabilities, [0.9, 0.8]);
  });

  test('takes the copy where it is surer, and asks the table about its own chain', () => {
    const a = new ScriptedDraft('a').say(6, 5, 6);
    const table = tableOf({ 3: [9, 0.3], 5: [6, 0.5], 6: [8, 0.7] });
    const { tokens, probabilities } = new StackDraft([a], table).open(context).propose(3);
    assert.deepEqual(tokens, [5, 6, 8]);
    assert.equal(probabilities?.[0], copyTrust(6, 0));
    assert.ok(Math.abs(probabilities![1]! - (1 - (1 - copyTrust(6, 1)) * 0.5)) < 1e-12, 'both believed');
    assert.equal(probabilities?.[2], 0.7);
  });

  test('does not ask the table beside a copy that is nearly sure', () => {
    const a = new ScriptedDraft('a').say(40, 5, 6);
    const never = {
      orders: 2,
      next: () => assert.fail('the table was asked'),
    };
    assert.deepEqual(new StackDraft([a], never).open(context).propose(2).tokens, [5, 6]);
  });

  test('ends where all of it has become unlikely, but says one token at least', () => {
    const table = tableOf({ 3: [4, 0.2], 4: [5, 0.2], 5: [6, 0.2] });
    assert.deepEqual(new StackDraft([], table).open(context).propose(9).tokens, [4]);
    const doubtful = tableOf({ 3: [4, 0.01] });
    assert.deepEqual(new StackDraft([], doubtful).open(context).propose(9).tokens, [4]);
    assert.deepEqual(new StackDraft([], silent).open(context).propose(9).tokens, []);
  });

  test('trusts a copy more the longer its match has become', () => {
    for (let match = 1; match < 60; match++) {
      assert.ok(copyTrust(match, 0) < copyTrust(match + 1, 0));
      assert.equal(copyTrust(match, 3), copyTrust(match + 3, 0));
    }
    assert.ok(copyTrust(1, 0) > 0 && copyTrust(1000, 0) < 1);
  });

  test('knows what was committed and tells only its own members', () => {
    const [shared, own] = [new ScriptedDraft('shared'), new ScriptedDraft('own')];
    const sessions = new Map([['shared', shared.open()]]);
    const session = new StackDraft([shared, own], tableOf({ 8: [9, 0.5] })).open({ ...context, sessions });
    session.commit([7, 8]);
    assert.deepEqual([shared.committed, own.committed], [[], [7, 8]]);
    assert.deepEqual(session.propose(1).tokens, [9]);
  });
});
