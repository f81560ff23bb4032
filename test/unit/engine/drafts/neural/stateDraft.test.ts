import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RecurrentModel, StateDraft } from '../../../../../src/engine/drafts/neural/stateDraft.ts';

/** Says token + 1 behind a token, with the probability that the target's state has; keeps what it was told. */
function counting(): RecurrentModel & { readonly told: (number | string)[] } {
  const told: (number | string)[] = [];
  let share = 0;
  let last = 0;
  return {
    size: 1,
    told,
    begin([given]) {
      share = given!;
      told.push(`begin ${given}`);
    },
    step(token) {
      last = token;
      told.push(token);
    },
    predict: () => ({ token: last + 1, probability: share }),
  };
}

const source = (share: number | undefined) => ({
  state(to: Float32Array): boolean {
    if (share === undefined) return false;
    to[0] = share;
    return true;
  },
});
const context = { prompt: [3, 4, 5], language: 'typescript' };
const never = new AbortController().signal;

describe('a draft on the target’s states', () => {
  test('goes on from the last token of the prompt, then from the last that was committed', async () => {
    const model = counting();
    const session = new StateDraft('state', model, source(1), 0.4).open(context);
    assert.deepEqual((await session.propose(3, never)).tokens, [6, 7, 8]);
    session.commit([6, 20]);
    assert.deepEqual((await session.propose(2, never)).tokens, [21, 22]);
    assert.deepEqual(model.told, ['begin 1', 5, 6, 7, 'begin 1', 20, 21]);
  });

  test('stops where its guesses together are no longer likely', async () => {
    const session = new StateDraft('state', counting(), source(0.75), 0.4).open(context);
    const { tokens, probabilities } = await session.propose(9, never);
    // 0.75, 0.56, 0.42, 0.32: the fourth is the first that makes all of it unlikely.
    assert.deepEqual(tokens, [6, 7, 8, 9]);
    assert.deepEqual(probabilities, [0.75, 0.75, 0.75, 0.75]);
  });

  test('says nothing where the target’s numbers are gone', async () => {
    const model = counting();
    const session = new StateDraft('state', model, source(undefined), 0.4).open(context);
    assert.deepEqual((await session.propose(3, never)).tokens, []);
    assert.deepEqual(model.told, []);
  });

  test('has nothing to catch up on and copies nothing', () => {
    const session = new StateDraft('state', counting(), source(1), 0.4).open(context);
    session.commit([1, 2, 3]);
    assert.equal(session.behind(), 0);
    assert.equal(session.matchLength(), 0);
  });
});
