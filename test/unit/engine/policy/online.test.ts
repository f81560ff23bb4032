import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InstantSession } from '../../../../src/engine/drafts/draft.ts';
import { passMillis } from '../../../../src/engine/policy/costs.ts';
import { FEATURES } from '../../../../src/engine/policy/layout.ts';
import {
  isOnlineState,
  type Numbers,
  newOnlineState,
  type OnlineState,
  takeVerdict,
} from '../../../../src/engine/policy/online.ts';
import { GUESS_PLACES } from '../../../../src/engine/policy/planner.ts';
import { type PolicyWeights, trainedPolicy } from '../../../../src/engine/policy/trained.ts';
import { settled } from '../../../toy/decisions.ts';
import { toyCosts } from '../../../toy/logs.ts';
import { Random } from '../../../toy/random.ts';

const kinds = Uint8Array.from({ length: 100 }, (_, token) => token % 11);
const context = { language: 'toy', task: 'complete', prompt: [1, 2, 3] };
const draft = (id: string) => ({ id, languages: [], open: () => assert.fail('nothing is opened here') });
const drafts = [draft('suffix'), draft('edit')];

/** A network that gives every guess of every draft the same chance. */
function sure(logit: number): PolicyWeights {
  const layer = [
    ...new Array<number>(FEATURES * GUESS_PLACES.length).fill(0),
    ...GUESS_PLACES.map(() => logit),
  ];
  return {
    arms: ['suffix', 'edit'],
    price: 1.2,
    network: { sizes: [FEATURES, GUESS_PLACES.length], layers: [layer] },
  };
}

/** The text that is written, by position. */
const text = (from: number, count: number) => Array.from({ length: count }, (_, i) => 10 + ((from + i) % 50));

/** A draft whose guesses after `at` tokens turn out right, so many of them. */
function session(at: number, right: number): InstantSession {
  return {
    instant: true,
    commit: () => undefined,
    matchLength: () => 8,
    behind: () => 0,
    propose: (limit) => ({
      tokens: text(at, Math.min(limit, 24)).map((token, i) => (i < right ? token : 99)),
    }),
  };
}

/**
 * Rounds of a policy, in which `rightOf` says how many guesses of each draft are right.
 * @returns what was drafted in each round.
 */
function play(
  state: OnlineState | undefined,
  weights: PolicyWeights,
  rounds: number,
  rightOf: (round: number) => Readonly<Record<string, number>>,
) {
  const selector = trainedPolicy(weights, { drafts, costs: toyCosts, kinds }, state).begin(context);
  let millis = 0;
  let at = 0;
  const choices = Array.from({ length: rounds }, (_, round) => {
    const right = rightOf(round);
    const sessions = new Map(Object.entries(right).map(([id, count]) => [id, session(at, count)]));
    const choice = settled(selector.choose(sessions), sessions);
    const drafted = choice?.length ?? 0;
    const accepted = choice ? Math.min(drafted, right[choice.draft]!) : 0;
    const pass = passMillis(
      toyCosts.target,
      Math.max(2, drafted + 1 + ((drafted + 1) % 2)),
      context.prompt.length + at,
    );
    const committed = text(at, accepted + 1);
    selector.observe({ draft: choice?.draft, drafted, accepted, committed, millis: pass });
    millis += pass;
    at += committed.length;
    return { draft: choice?.draft, drafted };
  });
  return { choices, speed: at / millis };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const drafted = (choices: readonly { readonly drafted: number }[]) =>
  mean(choices.map((each) => each.drafted));

describe('what is learnt while decoding', () => {
  test('asks less of a draft that the network overrates', () => {
    const wrong = () => ({ suffix: 0 });
    const stiff = play(undefined, sure(2), 600, wrong);
    const learning = play(newOnlineState(), sure(2), 600, wrong);
    assert.ok(drafted(stiff.choices.slice(-50)) >= 2, 'the network alone goes on believing');
    assert.ok(drafted(learning.choices.slice(-50)) <= 1, `${drafted(learning.choices.slice(-50))}`);
    assert.ok(learning.speed > 1.05 * stiff.speed, `${learning.speed} against ${stiff.speed}`);
  });

  test('turns from a draft that is worse than the network says to one that is better', () => {
    const other = () => ({ suffix: 0, edit: 20 });
    const { choices } = play(newOnlineState(), sure(1), 600, other);
    assert.equal(choices[0]!.draft, 'suffix');
    assert.ok(choices.slice(-50).every((choice) => choice.draft === 'edit'));
  });

  test('leaves a network that is right where it is', () => {
    const random = new Random(3);
    // Every guess is right with the chance that the network gives it.
    const chance = 1 / (1 + Math.exp(-1));
    const right = Array.from({ length: 3000 }, () => {
      let count = 0;
      while (count < 24 && random.chance(chance)) count++;
      return { suffix: count };
    });
    const state = newOnlineState();
    const stiff = play(undefined, sure(1), right.length, (round) => right[round]!);
    const learning = play(state, sure(1), right.length, (round) => right[round]!);
    assert.ok(learning.speed > 0.97 * stiff.speed, `${learning.speed} against ${stiff.speed}`);
    assert.ok(state.shifts.every((shift) => Math.abs(shift) < 0.8));
  });

  test('comes back when a draft that was wrong for long is right', () => {
    const state = newOnlineState();
    const change = (round: number) => ({ suffix: round < 500 ? 0 : 24 });
    const { choices } = play(state, sure(1.5), 2000, change);
    assert.ok(drafted(choices.slice(450, 500)) <= 1);
    const stiff = play(undefined, sure(1.5), 2000, change);
    const [after, alone] = [drafted(choices.slice(-50)), drafted(stiff.choices.slice(-50))];
    assert.ok(after >= 7 && after >= alone, `${after} tokens a round, the network alone ${alone}`);
  });

  test('stays within bounds, whatever comes', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed);
      const state = newOnlineState();
      const weights = sure(random.int(-6, 6));
      let phase = { suffix: 0, edit: 0 };
      play(state, weights, 1500, (round) => {
        if (round % 200 === 0) phase = { suffix: random.int(0, 24), edit: random.int(0, 24) };
        return phase;
      });
      assert.ok(isOnlineState(numbersOf(state)), `seed ${seed}`);
      assert.ok(Math.abs(state.weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);
    }
  });

  test('is all there is to it: two policies with the same state choose alike', () => {
    const state = newOnlineState();
    play(state, sure(1), 300, (round) => ({ suffix: round % 3, edit: 9 }));
    const copy = (): OnlineState => ({
      shifts: Float64Array.from(JSON.parse(JSON.stringify([...state.shifts])) as number[]),
      weights: Float64Array.from(JSON.parse(JSON.stringify([...state.weights])) as number[]),
      worth: Float64Array.from(state.worth),
    });
    const outcome = (round: number) => ({ suffix: (round * 7) % 11, edit: (round * 5) % 8 });
    const [one, two] = [copy(), copy()];
    assert.deepEqual(play(one, sure(1), 300, outcome), play(two, sure(1), 300, outcome));
    assert.deepEqual(one, two);
    const fresh = play(newOnlineState(), sure(1), 300, outcome);
    assert.notDeepEqual(fresh.choices, play(copy(), sure(1), 300, outcome).choices);
  });
});

describe('verdicts of the user', () => {
  test('make the shifts of their languages move faster or slower, and choose nothing themselves', () => {
    const [liked, disliked, plain] = [newOnlineState(), newOnlineState(), newOnlineState()];
    for (let i = 0; i < 3; i++) {
      takeVerdict(liked, context.language, true);
      takeVerdict(disliked, context.language, false);
      takeVerdict(plain, 'python', false);
    }
    const first = [liked, disliked, plain].map((state) =>
      play(state, sure(1), 1, () => ({ suffix: 0, edit: 9 })),
    );
    assert.deepEqual(first[0]!.choices, first[2]!.choices);
    assert.deepEqual(first[1]!.choices, first[2]!.choices);
    const moved = ({ shifts }: OnlineState) => shifts.reduce((sum, each) => sum + Math.abs(each), 0);
    assert.ok(moved(disliked) < moved(plain) && moved(plain) < moved(liked));
  });

  test('stay within bounds', () => {
    const state = newOnlineState();
    for (let i = 0; i < 500; i++) takeVerdict(state, 'python', true);
    for (let i = 0; i < 500; i++) takeVerdict(state, 'css', false);
    assert.ok(isOnlineState(numbersOf(state)));
  });
});

function numbersOf({ shifts, weights, worth }: OnlineState): Numbers {
  return { shifts: [...shifts], weights: [...weights], worth: [...worth] };
}

describe('numbers from a file', () => {
  const { shifts, weights, worth } = numbersOf(newOnlineState());
  const cases: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
    'too few shifts': [[...shifts].slice(1), [...weights]],
    'too many shifts': [[...shifts, 0], [...weights]],
    'too few weights': [[...shifts], [...weights].slice(1)],
    'a shift that is no number': [[Number.NaN, ...shifts.slice(1)], [...weights]],
    'a shift beyond all': [[-5, ...shifts.slice(1)], [...weights]],
    'a weight that is no number': [[...shifts], [Number.NaN, 0.5, 0.5]],
    'a weight below nothing': [[...shifts], [-0.5, 1, 0.5]],
    'weights of nothing': [[...shifts], [0, 0, 0]],
  };
  test('are taken where they can be a state', () => {
    assert.ok(isOnlineState({ shifts, weights, worth }));
  });
  test('are refused for a worth out of bounds', () => {
    assert.equal(isOnlineState({ shifts, weights, worth: worth.map(() => 0) }), false);
    assert.equal(isOnlineState({ shifts, weights, worth: [...worth, 1] }), false);
  });
  for (const [what, [some, others]] of Object.entries(cases)) {
    test(`are refused for ${what}`, () =>
      assert.equal(isOnlineState({ shifts: some, weights: others, worth }), false));
  }
});
