import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DraftSession } from '../../../src/engine/drafts/draft.ts';
import { Acceptance } from '../../../src/engine/policy/acceptance.ts';
import { type CostTable, draftMillis, passMillis } from '../../../src/engine/policy/costs.ts';
import { throughputPolicy } from '../../../src/engine/policy/throughput.ts';
import { draftOf } from '../../toy/drafts.ts';
import { Random } from '../../toy/random.ts';

const times = {
  widths: [2, 4, 8],
  contexts: [100, 300],
  millis: [
    [1, 2, 3],
    [2, 4, 6],
  ],
};

describe('the cost table', () => {
  test('gives back what was measured and straight lines between', () => {
    assert.equal(passMillis(times, 4, 100), 2);
    assert.equal(passMillis(times, 3, 100), 1.5);
    assert.equal(passMillis(times, 6, 300), 5);
    assert.equal(passMillis(times, 4, 200), 3);
  });

  test('is level beyond the contexts and goes on beyond the widths', () => {
    assert.equal(passMillis(times, 8, 10), 3);
    assert.equal(passMillis(times, 8, 4000), 6);
    assert.equal(passMillis(times, 1, 100), 1);
    assert.equal(passMillis(times, 16, 100), 5);
  });

  test('charges a neural draft for guessing and catching up, and a copy for nothing', () => {
    const table: CostTable = { target: times, drafts: { small: { token: 0.5, catchUp: 0.1 } } };
    assert.equal(draftMillis(table, 'small', 4, 1), 2);
    assert.equal(draftMillis(table, 'small', 4, 11), 3);
    assert.equal(draftMillis(table, 'suffix', 4, 0), 0);
  });
});

describe('acceptance counts', () => {
  test('start from assumptions that rise with the match', () => {
    const acceptance = new Acceptance();
    assert.ok(acceptance.rates('suffix', 8)(0) > acceptance.rates('suffix', 1)(0));
    for (const match of [0, 1, 5, 100]) {
      for (const place of [0, 1, 30]) {
        const rate = acceptance.rates('suffix', match)(place);
        assert.ok(rate > 0 && rate < 1);
      }
    }
  });

  test('come to what is seen, each cell by itself', () => {
    const acceptance = new Acceptance();
    const random = new Random(4);
    for (let i = 0; i < 3000; i++) acceptance.observe('suffix', 8, 1, random.chance(0.9) ? 1 : 0);
    for (let i = 0; i < 3000; i++) acceptance.observe('suffix', 1, 1, random.chance(0.1) ? 1 : 0);
    assert.ok(Math.abs(acceptance.rates('suffix', 8)(0) - 0.9) < 0.08);
    assert.ok(Math.abs(acceptance.rates('suffix', 1)(0) - 0.1) < 0.08);
    assert.equal(acceptance.rates('lookup', 8)(0), new Acceptance().rates('lookup', 8)(0));
  });

  test('say nothing about tokens behind the first wrong one', () => {
    const acceptance = new Acceptance();
    const before = acceptance.rates('suffix', 4)(3);
    acceptance.observe('suffix', 4, 8, 2);
    assert.equal(acceptance.rates('suffix', 4)(3), before);
    assert.ok(acceptance.rates('suffix', 4)(2) < new Acceptance().rates('suffix', 4)(2));
  });

  test('follow a change', () => {
    const acceptance = new Acceptance();
    for (let i = 0; i < 5000; i++) acceptance.observe('suffix', 4, 1, 1);
    for (let i = 0; i < 1500; i++) acceptance.observe('suffix', 4, 1, 0);
    assert.ok(acceptance.rates('suffix', 4)(0) < 0.1);
  });
});

describe('the throughput policy', () => {
  // A pass grows slowly with its width, as on a CPU: 1 ms for two rows and a twentieth for each further one.
  const flat = (slope: number) => ({
    widths: [2, 66],
    contexts: [0],
    millis: [[1, 1 + 64 * slope]],
  });
  const pool = [draftOf('suffix', () => []), draftOf('small', () => [], ['python'])];
  const sessionsOf = (match: number, behind = 1) =>
    new Map<string, DraftSession>([
      ['suffix', sessionOf(match, 0)],
      ['small', sessionOf(0, behind)],
    ]);
  const sessionOf = (match: number, behind: number): DraftSession => ({
    commit: () => undefined,
    matchLength: () => match,
    behind: () => behind,
    propose: () => ({ tokens: [] }),
  });
  const table = (slope: number, token: number): CostTable => ({
    target: flat(slope),
    drafts: { small: { token, catchUp: 0.02 } },
  });
  const begin = (costs: CostTable, language = 'python') =>
    throughputPolicy(pool, costs).begin({ language, task: 'complete', prompt: Array.from({ length: 50 }, () => 1) });

  test('copies more the longer the match, and less the dearer a row', () => {
    const cheap = [1, 4, 16].map((match) => begin(table(0.03, 9)).choose(sessionsOf(match))!);
    assert.ok(cheap.every(({ draft }) => draft === 'suffix'));
    assert.ok(cheap[0]!.length < cheap[1]!.length && cheap[1]!.length < cheap[2]!.length);
    const dear = begin(table(0.4, 9)).choose(sessionsOf(16))!;
    assert.ok(dear.length < cheap[2]!.length);
  });

  test('asks a neural draft only where its time is worth its guesses', () => {
    assert.equal(begin(table(0.03, 0.01)).choose(sessionsOf(0))?.draft, 'small');
    assert.equal(begin(table(0.03, 0.8)).choose(sessionsOf(0)), undefined);
    assert.equal(begin(table(0.03, 0.01), 'go').choose(sessionsOf(0)), undefined, 'not its language');
    assert.equal(begin(table(0.03, 0.01)).choose(sessionsOf(0, 300)), undefined, 'too far behind');
  });

  test('fills the second row for nothing, and decodes plainly when there is nothing to copy', () => {
    assert.equal(begin(table(5, 9)).choose(sessionsOf(1))?.length, 1);
    assert.equal(begin(table(5, 9)).choose(sessionsOf(0)), undefined);
  });

  test('learns that copies of a kind fail, across requests', () => {
    const policy = throughputPolicy(pool, table(0.1, 9));
    const lengths: number[] = [];
    for (let request = 0; request < 20; request++) {
      const selector = policy.begin({ language: 'python', task: 'complete', prompt: Array.from({ length: 50 }, () => 1) });
      for (let round = 0; round < 20; round++) {
        const choice = selector.choose(sessionsOf(6));
        lengths.push(choice?.length ?? 0);
        selector.observe({ draft: choice?.draft, drafted: choice?.length ?? 0, accepted: 0, committed: [1], millis: 1 });
      }
    }
    assert.ok(lengths[0]! > 2);
    assert.ok(lengths.at(-1)! <= 1, `${lengths.at(-1)}`);
  });

  test('comes near the best fixed length when acceptance is the same everywhere', () => {
    for (const [slope, rate] of [
      [0.05, 0.9],
      [0.1, 0.7],
      [0.3, 0.5],
    ] as const) {
      const costs = table(slope, 9);
      const random = new Random(8);
      const run = (lengthOf: () => number, observe: (drafted: number, accepted: number) => void) => {
        let tokens = 0;
        let millis = 0;
        for (let round = 0; round < 6000; round++) {
          const length = lengthOf();
          let accepted = 0;
          while (accepted < length && random.chance(rate)) accepted++;
          observe(length, accepted);
          tokens += accepted + 1;
          millis += passMillis(costs.target, Math.max(2, length + 1), 50);
        }
        return tokens / millis;
      };
      const selector = throughputPolicy(pool, costs).begin({ language: 'go', task: 'complete', prompt: Array.from({ length: 50 }, () => 1) });
      const own = run(
        () => selector.choose(sessionsOf(5))?.length ?? 0,
        (drafted, accepted) => selector.observe({ draft: 'suffix', drafted, accepted, committed: [], millis: 1 }),
      );
      const fixed = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32].map((length) =>
        run(
          () => length,
          () => undefined,
        ),
      );
      assert.ok(own > 0.93 * Math.max(...fixed), `${slope} ${rate}: ${own} of ${Math.max(...fixed)}`);
    }
  });
});
