import assert from 'node:assert/strict';
import test from 'node:test';
import { evaluate } from '../../../src/learning/evaluate.ts';
import { timesOf } from '../../../src/learning/replay.ts';
import { scoresTable } from '../../../src/learning/scores.ts';
import { epochsFor, trainPolicy } from '../../../src/learning/train.ts';
import { worldOf } from '../../../src/learning/world.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { toyLog } from './toyLog.ts';

const training = toyLog('training', 16);
const world = worldOf(training, toyLog('held out', 12));
const weights = trainPolicy(training.records, training.header, timesOf(training.header), {
  turns: 2,
  epochs: epochsFor(training.records.length, 8),
  hidden: [32, 32],
  random: seededRandom(1),
});
const scores = evaluate(world, [{ name: 'mine.json', weights }]);
const speed = (id: string) => scores.find((score) => score.id === id)!.speedup.geomean;

test('plain decoding, every draft, the rule, the given policy and the bound stand in one table', () => {
  const ids = scores.map(({ id }) => id.replace(/@\d+$/, ''));
  assert.deepEqual(ids, ['none', ...world.drafts, 'best fixed', 'rule', 'mine.json', 'oracle per round']);
  for (const id of ids) assert.match(scoresTable(scores), new RegExp(`^\\| ${id}`, 'm'));
});

test('a policy that knows the language is ahead of every fixed draft, and none of the bound', () => {
  assert.equal(speed('none'), 1);
  assert.ok(speed('mine.json') > 1.3 * speed('best fixed'));
  for (const { id } of scores) assert.ok(speed(id) <= speed('oracle per round') + 1e-9, id);
});

test('the gap is counted from the best fixed draft to the bound', () => {
  const gap = (id: string) => scores.find((score) => score.id === id)!.gap!;
  assert.ok(Math.abs(gap('best fixed')) < 1e-9);
  assert.ok(Math.abs(gap('oracle per round') - 1) < 1e-9);
  assert.ok(gap('mine.json') > 0.3 && gap('none') < 0);
});
