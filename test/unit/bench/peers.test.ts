import assert from 'node:assert/strict';
import { test } from 'node:test';
import { armsFor, PEER_ARMS, parseArms, predictorOf } from '../../../bench/peers/arms.ts';
import { fastestThreads } from '../../../bench/peers/llamaThreads.ts';
import { type PeerSample, peerTable, summarizePeers } from '../../../bench/peers/report.ts';
import { UserError } from '../../../src/errors.ts';

function sample(arm: string, prompt: string, perToken: number, more: Partial<PeerSample> = {}): PeerSample {
  return {
    arm,
    prompt,
    language: 'python',
    perToken,
    inside: undefined,
    prefillPerToken: 0.2,
    tokens: 10,
    agreed: 10,
    ...more,
  };
}

test('arms are named once, in the order asked for', () => {
  assert.deepEqual(
    parseArms('policy, none,policy,').map(({ name }) => name),
    ['policy', 'none'],
  );
  assert.equal(predictorOf('llama.cpp'), undefined);
  assert.equal(predictorOf('llama.cpp-passes'), 'slipstream');
});

test('a target is run with the arms that suit it', () => {
  const named = (model: string) => armsFor(model).map(({ name }) => name);
  assert.ok(named('tiny').includes('policy+memory') && !named('tiny').includes('rule-copying'));
  assert.ok(named('base').includes('rule-copying') && !named('base').includes('policy'));
  assert.deepEqual(named('/some/folder'), named('base'));
  for (const model of ['tiny', 'base']) assert.ok(named(model).includes('llama.cpp'), model);
});

test('llama.cpp runs with the threads that were fastest, with one where none was in time', () => {
  assert.equal(fastestThreads({ 1: 10, 2: 7, 3: 8 }), 2);
  assert.equal(fastestThreads({ 1: 10 }), 1);
  assert.equal(fastestThreads({}), 1);
});

test('an unknown arm is answered with those that exist', () => {
  assert.throws(
    () => parseArms('none,fast'),
    (error) => error instanceof UserError && PEER_ARMS.every(({ name }) => error.message.includes(name)),
  );
});

test('an arm is held against the others on the prompts that both did', () => {
  const report = summarizePeers(
    [
      sample('none', 'a', 2),
      sample('none', 'b', 4),
      sample('policy', 'a', 1, { tokens: 30 }),
      sample('policy', 'b', 1),
      sample('draft', 'b', 8, { inside: 6, agreed: 5 }),
    ],
    ['none', 'none-1row', 'policy'],
  );
  assert.ok(Math.abs(report.none!.over.policy!.geomean - Math.sqrt(2 * 4)) < 1e-12);
  assert.ok(Math.abs(report.draft!.over.none!.geomean - 2) < 1e-12);
  assert.equal(report.draft!.over['none-1row'], undefined);
  assert.deepEqual(
    [report.draft!.prompts, report.draft!.agreed, report.draft!.millisPerTokenInside],
    [1, 0.5, 6],
  );
  assert.equal(report.policy!.millisPerTokenInside, undefined);
});

test('time a token weighs prompts by their tokens', () => {
  const report = summarizePeers([sample('none', 'a', 1, { tokens: 30 }), sample('none', 'b', 5)], []);
  assert.equal(report.none!.millisPerToken, 2);
  const lines = peerTable(report).split('\n');
  assert.equal(lines.length, 3);
  assert.match(lines[2]!, /^\| none +\| 2\.00 /);
});
