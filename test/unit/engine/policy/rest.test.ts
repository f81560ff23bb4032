import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draft } from '../../../../src/engine/drafts/draft.ts';
import { FEATURES } from '../../../../src/engine/policy/layout.ts';
import { GUESS_PLACES, OUTPUTS } from '../../../../src/engine/policy/planner.ts';
import { isQuestion } from '../../../../src/engine/policy/policy.ts';
import { Rest } from '../../../../src/engine/policy/rest.ts';
import { trainedPolicy } from '../../../../src/engine/policy/trained.ts';

const PLAIN = 0.4;
const LOOK = 0.2;

/** What becomes of rounds: looks at the drafts, and the time of all over that of as many plain tokens. */
function lived(
  tokens: number,
  { look = LOOK, right = () => 0 }: { look?: number; right?: (at: number) => number },
) {
  const rest = new Rest();
  let looks = 0;
  let millis = 0;
  for (let at = 0; at < tokens; ) {
    if (rest.take()) {
      millis += PLAIN;
      at++;
      continue;
    }
    looks++;
    const accepted = right(at);
    // Two tokens are guessed in a pass that is a tenth longer.
    millis += look + 1.1 * PLAIN;
    rest.observe((accepted + 1) * PLAIN - 1.1 * PLAIN, look, PLAIN);
    at += accepted + 1;
  }
  return { looks, slower: millis / (tokens * PLAIN) };
}

describe('drafts beside a target of short passes', () => {
  test('are left alone where nothing is ever right, so that next to nothing is lost', () => {
    const { looks, slower } = lived(20_000, {});
    assert.ok(slower < 1 / 0.98, `${slower}`);
    assert.ok(looks > 40, 'and looked at again from time to time');
  });

  test('are looked at all the time where they save more than that takes', () => {
    const { looks, slower } = lived(10_000, { right: () => 2 });
    assert.equal(looks, Math.ceil(10_000 / 3));
    assert.ok(slower < 0.6);
  });

  test('are found again when a text can be guessed, and lost for a bounded time before', () => {
    const half = 5000;
    const { looks } = lived(2 * half, { right: (at) => (at < half ? 0 : 2) });
    assert.ok(looks > (half - 600) / 3, `${looks}`);
  });

  test('are never left alone where looking takes a small share of a pass', () => {
    const { looks } = lived(5000, { look: 0.1 * PLAIN });
    assert.equal(looks, 5000);
  });

  test('are not judged by the first looks, which are slow', () => {
    const rest = new Rest();
    let rested = 0;
    for (let at = 0; at < 400; at++) {
      const look = at < 40 ? 5 * PLAIN : 0.07 * PLAIN;
      if (rest.take()) rested++;
      else rest.observe(at % 3 === 0 ? PLAIN : -0.1 * PLAIN, look, PLAIN);
    }
    assert.equal(rested, 0);
  });

  test('one long look does not count for more than a few', () => {
    const rest = new Rest();
    for (let i = 0; i < 100; i++) rest.observe(0.3 * PLAIN, 0.2 * PLAIN, PLAIN);
    rest.observe(0.3 * PLAIN, 50, PLAIN);
    assert.equal(rest.take(), false);
  });
});

describe('the trained policy beside such a target', () => {
  const wrong: Draft = {
    ...{ id: 'wrong', languages: [] },
    open: () => {
      const told = { commit: () => undefined, matchLength: () => 2, behind: () => 0 };
      return { ...told, instant: true as const, propose: (limit) => ({ tokens: [7, 7].slice(0, limit) }) };
    },
  };
  const layer = [...new Array<number>(FEATURES * OUTPUTS).fill(0), ...GUESS_PLACES.map(() => 3), 0];
  const weights = { arms: ['wrong'], price: 1, network: { sizes: [FEATURES, OUTPUTS], layers: [layer] } };
  const costs = { target: { widths: [2, 64], contexts: [0], millis: [[PLAIN, PLAIN]] }, drafts: {} };
  const kinds = new Uint8Array(100);

  /** Rounds of 3000 in which something is drafted, none of it right, and those that tell what was considered. */
  function rounds(now?: () => number) {
    const policy = trainedPolicy(weights, { drafts: [wrong], costs, kinds, ...(now ? { now } : {}) });
    let drafted = 0;
    let considered = 0;
    for (let request = 0; request < 50; request++) {
      const context = { prompt: [1, 2, 3], language: 'go', task: 'complete' as const };
      const selector = policy.begin(context);
      const sessions = new Map([['wrong', wrong.open(context)]]);
      for (let round = 0; round < 60; round++) {
        const choice = selector.choose(sessions);
        assert.ok(!isQuestion(choice));
        if (choice) drafted++;
        if ((selector.considered?.() ?? []).length > 0) considered++;
        const outcome = { draft: choice?.draft, drafted: choice?.length ?? 0, accepted: 0 };
        selector.observe({ ...outcome, committed: [5], millis: PLAIN });
      }
    }
    return { drafted, considered };
  }

  test('leaves it plain from request to request, and in replay, which has no clock, goes by passes alone', () => {
    let time = 0;
    const clocked = rounds(() => {
      time += LOOK;
      return time;
    });
    const replayed = rounds();
    assert.ok(replayed.drafted > 2900, `${replayed.drafted}`);
    assert.ok(clocked.drafted < 300, `${clocked.drafted}`);
    assert.equal(clocked.considered, clocked.drafted);
  });
});
