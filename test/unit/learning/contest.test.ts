import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import { type Contestant, geomean, partition, run, speedups } from '../../../src/learning/contest.ts';
import { replay, timesOf } from '../../../src/learning/replay.ts';
import { subset } from '../../../src/learning/subset.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { toyHeader, toyLog } from './toyLog.ts';

const { records } = toyLog('contest', 8);
const times = timesOf(toyHeader);
const plain = Float64Array.from(records, (record) => replay(record, noDraft, times));
const contestant = (make: (seed: number) => Policy, seeds = 1): Contestant => ({
  ...{ id: 'one', kind: 'fixed', seeds, make },
});

describe('letting a policy decode recorded requests', () => {
  test('gives every request the time of its replay, and counts rounds, tokens and picks', () => {
    const own = run(
      contestant(() => fixedDraft('suffix', 7)),
      records,
      times,
    );
    const expected = records.map((record) => replay(record, fixedDraft('suffix', 7), times));
    assert.deepEqual([...own.millis[0]!], expected);
    const tokens = records.reduce((sum, { kinds }) => sum + kinds.length, 0);
    assert.equal(own.tokens, tokens);
    assert.ok(own.rounds < tokens);
    const picks = [...own.picks.values()].flatMap((drafts) => [...drafts.values()]);
    assert.equal(
      picks.reduce((a, b) => a + b, 0),
      own.rounds,
    );
    assert.ok(own.picks.get('go')!.get('suffix')! > 0);
  });

  test('plain decoding takes a round for every token, and picks none', () => {
    const own = run(
      contestant(() => noDraft),
      records,
      times,
    );
    assert.equal(own.rounds, own.tokens);
    assert.deepEqual([...own.picks.get('python')!.keys()], ['none']);
  });

  test('goes through the requests in another order with each seed, and tells the times by request', () => {
    const orders: string[][] = [];
    const noting = (seed: number): Policy => {
      orders[seed] = [];
      return {
        ...noDraft,
        begin: (context) => {
          orders[seed]!.push(context.language);
          return noDraft.begin(context);
        },
      };
    };
    const own = run(contestant(noting, 3), records, times);
    assert.equal(own.millis.length, 3);
    assert.equal(new Set(orders.map((order) => order.join())).size > 1, true);
    for (const millis of own.millis) assert.deepEqual([...millis], [...plain]);
  });
});

describe('what comes of it', () => {
  test('speedups are over plain decoding, a geometric mean over seeds', () => {
    const half = plain.map((time) => time / 2);
    const eighth = plain.map((time) => time / 8);
    const both = speedups({ millis: [half, eighth] }, plain);
    for (const value of both) assert.ok(Math.abs(value - 4) < 1e-9);
  });

  test('a geometric mean does not depend on the order, and is nothing of nothing', () => {
    assert.ok(Math.abs(geomean([1, 2, 4, 8]) - geomean([8, 1, 4, 2])) < 1e-12);
    assert.ok(Math.abs(geomean([2, 8]) - 4) < 1e-12);
    assert.ok(Number.isNaN(geomean([])));
  });

  test('parts are ordered by size, then by name, and leave out what has no value', () => {
    const some = [...records.slice(0, 5), { ...records[0]!, language: '' }];
    assert.deepEqual(
      [...partition(some, ({ language }) => language)],
      [
        ['go', [0, 2, 4]],
        ['python', [1, 3]],
      ],
    );
    assert.deepEqual([...partition(records.slice(0, 4), ({ class: kind }) => kind).keys()], ['edit', 'line']);
  });

  test('a subset has no request twice, is the same with the same seed, and another with another', () => {
    const ids = (count: number, seed: number) =>
      subset(records, count, seededRandom(seed)).map(({ id }) => id);
    assert.equal(new Set(ids(5, 1)).size, 5);
    assert.deepEqual(ids(5, 1), ids(5, 1));
    assert.notDeepEqual(ids(8, 1), ids(8, 2));
    assert.deepEqual(ids(100, 3).sort(), records.map(({ id }) => id).sort());
  });
});
