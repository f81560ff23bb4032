import assert from 'node:assert/strict';
import test from 'node:test';
import { banditPolicy } from '../../../research/rivals/bandit.ts';
import { hedgePolicy } from '../../../research/rivals/hedge.ts';
import { priorityRule } from '../../../research/rivals/priority.ts';
import { randomDraft } from '../../../research/rivals/random.ts';
import { languageRouter } from '../../../research/rivals/router.ts';
import { samDecoding, tuneSam } from '../../../research/rivals/samDecoding.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import { actionsOf, bestAction, bestOfEach, measureActions } from '../../../src/learning/actions.ts';
import type { LogRecord } from '../../../src/learning/log.ts';
import { requestOracle, roundOracle } from '../../../src/learning/oracle.ts';
import { hasOwnOutputs, paperPolicy } from '../../../src/learning/paper.ts';
import { type ReplayedRound, replay, timesOf } from '../../../src/learning/replay.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { Exp3, Ucb1 } from '../../../src/selection/bandits.ts';
import { toyHeader, toyLog, toyRecord } from '../learning/toyLog.ts';

const times = timesOf(toyHeader);
const drafts = toyHeader.arms.map(({ id }) => id);
const actions = actionsOf(drafts, times);
const { records } = toyLog('training', 24);
const training = measureActions(records, actions, times);
const go = records.find(({ language }) => language === 'go')!;
const python = records.find(({ language }) => language === 'python')!;

function rounds(record: LogRecord, policy: Policy): ReplayedRound[] {
  const seen: ReplayedRound[] = [];
  replay(record, policy, times, (round) => seen.push(round));
  return seen;
}

const draftsOf = (record: LogRecord, policy: Policy) => [
  ...new Set(rounds(record, policy).map(({ draft }) => draft)),
];

test('the best action is found in the table of times', () => {
  const best = bestAction(training, ({ language }) => language === 'go');
  assert.deepEqual(best, { draft: 'suffix', length: 7 });
  assert.equal(
    bestAction(training, () => false),
    undefined,
  );
  assert.deepEqual(
    bestOfEach(training).map(({ draft }) => draft),
    drafts,
  );
});

test('the router knows the languages, and takes the best of all for others', () => {
  const router = languageRouter(training);
  assert.deepEqual(draftsOf(go, router), ['suffix']);
  assert.deepEqual(draftsOf(python, router), ['edit']);
  assert.deepEqual(draftsOf({ ...go, language: 'cobol' }, router), [bestAction(training)!.draft]);
});

test('random takes every action', () => {
  const some = [
    { draft: 'edit', length: 1 },
    { draft: 'suffix', length: 1 },
  ];
  assert.equal(draftsOf(go, randomDraft(some, seededRandom(1))).length, 2);
});

test('the paper’s method follows similarity at α = 1 and size at α = 0', () => {
  const tuned = bestOfEach(training);
  const method = (alpha: number) =>
    paperPolicy(records, toyHeader, times, tuned, { alpha, random: seededRandom(3) });
  assert.deepEqual(draftsOf(go, method(1)), ['suffix']);
  assert.deepEqual(draftsOf(python, method(1)), ['edit']);
  // The neural draft is the most similar of all here, but it is the only one that has any size.
  const neural = records.map((record) => ({ ...record, own: { edit: 0.2, suffix: 0.2, neural: 0.9 } }));
  const own = (alpha: number) =>
    paperPolicy(neural, toyHeader, times, tuned, { alpha, random: seededRandom(3) });
  assert.deepEqual(draftsOf(go, own(1)), ['neural']);
  assert.ok(!draftsOf(go, own(0)).includes('neural'));
});

test('the paper’s method needs to know what drafts write alone', () => {
  const { own: _, ...without } = go;
  assert.equal(hasOwnOutputs(records, drafts), true);
  assert.equal(hasOwnOutputs([...records, without], drafts), false);
});

test('SAM-Decoding copies from the threshold on, and asks the other draft below it', () => {
  const record = toyRecord(
    {
      suffix: (at) => ({ right: 0, match: at < 20 ? 4 : 5 }),
      neural: () => ({ right: 0 }),
    },
    { id: 'threshold' },
  );
  const policy = samDecoding({ threshold: 5, length: 3, otherwise: { draft: 'neural', length: 2 } });
  for (const { at, draft } of rounds(record, policy)) {
    if (at < 39) assert.equal(draft, at < 20 ? 'neural' : 'suffix');
  }
  const tuned = tuneSam(training, times);
  assert.ok(replay(go, samDecoding(tuned), times) < 0.5 * training.plain[0]!);
});

test('priority takes the first that has anything to say, neural drafts last', () => {
  const policy = priorityRule(['neural', 'lookup', 'suffix']);
  const record = toyRecord(
    {
      lookup: (at) => ({ right: 0, said: at < 10 ? 4 : 0 }),
      suffix: (at) => ({ right: 0, said: at < 5 ? 4 : 0 }),
      neural: () => ({ right: 0 }),
    },
    { id: 'priority' },
  );
  for (const { at, draft } of rounds(record, policy)) {
    if (at < 39) assert.equal(draft, at < 5 ? 'suffix' : at < 10 ? 'lookup' : 'neural');
  }
});

test('bandits settle on the draft that is right', () => {
  const tuned = bestOfEach(training);
  for (const bandit of [new Ucb1(tuned.length, 0.3), new Exp3(tuned.length, seededRandom(2))]) {
    const policy = banditPolicy('bandit', bandit, tuned, times);
    for (let i = 0; i < 60; i++) replay(go, policy, times);
    const seen = [1, 2, 3, 4, 5].flatMap(() => rounds(go, policy));
    const right = seen.filter(({ draft }) => draft === 'suffix').length;
    assert.ok(right > 0.6 * seen.length, `${right} of ${seen.length}`);
  }
});

test('Hedge learns from drafts that it did not choose, each context by itself', () => {
  const policy = hedgePolicy(actions, times, seededRandom(4));
  for (let i = 0; i < 60; i++) {
    replay(go, policy, times);
    replay(python, policy, times);
  }
  for (const [record, draft] of [
    [go, 'suffix'],
    [python, 'edit'],
  ] as const) {
    const millis = Array.from({ length: 5 }, () => replay(record, policy, times));
    const best = bestAction(training, ({ language }) => language === record.language)!;
    assert.equal(best.draft, draft);
    const mean = millis.reduce((sum, value) => sum + value, 0) / millis.length;
    assert.ok(mean < 0.6 * training.plain[0]!, `${mean} of ${training.plain[0]}`);
  }
});

test('Hedge judges a neural draft only where it was asked, and finds one that pays', () => {
  const record = toyRecord(
    { edit: () => ({ right: 0 }), suffix: () => ({ right: 0 }), neural: () => ({ right: 7 }) },
    { id: 'neural pays' },
  );
  const policy = hedgePolicy(actions, times, seededRandom(5));
  for (let i = 0; i < 80; i++) replay(record, policy, times);
  const seen = [1, 2, 3, 4, 5].flatMap(() => rounds(record, policy));
  assert.ok(seen.filter(({ draft }) => draft === 'neural').length > 0.6 * seen.length);
});

test('no policy beats the oracle per round, and no fixed one the oracle per request', () => {
  const perRequest = requestOracle(training);
  for (const [row, record] of records.entries()) {
    const perRound = roundOracle(record, drafts, times);
    assert.ok(perRound <= perRequest[row]! + 1e-9);
    for (const policy of [languageRouter(training), priorityRule(drafts)]) {
      assert.ok(perRound <= replay(record, policy, times) + 1e-9);
    }
    for (const of of training.millis) assert.ok(perRequest[row]! <= of[row]!);
  }
  // Seven right guesses and the target's own token a round: 40 tokens in five rounds of eight rows.
  assert.ok(Math.abs(roundOracle(go, ['suffix'], times) - 5 * (1.6 + times.overhead)) < 1e-9);
});
