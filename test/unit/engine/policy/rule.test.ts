import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DraftSession } from '../../../../src/engine/drafts/draft.ts';
import type { CostTable } from '../../../../src/engine/policy/costs.ts';
import { fixedDraft, noDraft } from '../../../../src/engine/policy/fixed.ts';
import type { Selector } from '../../../../src/engine/policy/policy.ts';
import { copyingRule, guessShare, rule } from '../../../../src/engine/policy/rule.ts';
import { settled } from '../../../toy/decisions.ts';
import { draftOf } from '../../../toy/drafts.ts';

const draft = (id: string, languages: readonly string[] = []) => draftOf(id, () => [], languages);
const pool = [draft('lookup'), draft('suffix'), draft('snake', ['python']), draft('script', ['javascript'])];

/** Sessions of a pool; the suffix draft stands in a match of the given length. */
function sessions(drafts: typeof pool, match: number): Map<string, DraftSession> {
  const session = (id: string): DraftSession => ({
    commit: () => undefined,
    matchLength: () => (id === 'suffix' ? match : 0),
    behind: () => 0,
    propose: () => ({ tokens: [] }),
  });
  return new Map(drafts.map(({ id }) => [id, session(id)]));
}

const context = (language: string) => ({ language, task: 'complete', prompt: [1] });
/** What a selector comes to. */
const chosenBy = (selector: Selector, among: Map<string, DraftSession>) =>
  settled(selector.choose(among), among);
const copying = (match: number, drafts = pool) =>
  chosenBy(copyingRule(drafts).begin(context('go')), sessions(drafts, match));

/** Costs beside a target whose pass of two rows takes `pass` milliseconds; a further row takes a tenth of it. */
const costsOf = (pass: number, drafts: CostTable['drafts']): CostTable => ({
  target: { widths: [1, 2, 16], contexts: [100], millis: [[0.9 * pass, pass, 2.4 * pass]] },
  drafts,
});
const SNAKE = { snake: { token: 0.5, catchUp: 0.05 } };

describe('the plain rule over drafts that copy', () => {
  test('copies further the longer the match is', () => {
    const lengths = [1, 2, 6, 8, 30, 40].map((match) => {
      const chosen = copying(match);
      assert.equal(chosen?.draft, 'suffix');
      assert.ok(chosen.length % 2 === 1, 'with the last token the pass is of even width');
      return chosen.length;
    });
    assert.deepEqual(
      lengths,
      [...lengths].sort((a, b) => a - b),
    );
    assert.equal(copying(0), undefined);
  });

  test('follows the text that is rewritten while it agrees longer than any copy', () => {
    const standing = (lengths: Readonly<Record<string, number>>) =>
      new Map(
        [...sessions(pool, 0)].map(([id, each]) => [id, { ...each, matchLength: () => lengths[id] ?? 0 }]),
      );
    const withEdit = [...pool, draft('edit')];
    const among = (lengths: Readonly<Record<string, number>>) => {
      const all = standing(lengths);
      all.set('edit', { ...all.get('suffix')!, matchLength: () => lengths.edit ?? 0 });
      return chosenBy(copyingRule(withEdit).begin(context('go')), all);
    };
    assert.equal(among({ edit: 5, suffix: 5, lookup: 4 })?.draft, 'edit');
    assert.equal(among({ edit: 1, suffix: 5 })?.draft, 'suffix');
    assert.equal(among({ suffix: 2, lookup: 2 })?.draft, 'suffix');
    assert.equal(among({}), undefined);
  });

  test('does not have prompt lookup prepared beside the suffix draft, nor models', () => {
    assert.equal(copyingRule(pool).uses?.('lookup'), false);
    assert.equal(copyingRule(pool).uses?.('suffix'), true);
    assert.equal(copyingRule(pool).uses?.('snake'), false);
    assert.equal(copyingRule([draft('lookup')]).uses?.('lookup'), true);
  });

  test('takes a guess of the table where nothing can be copied', () => {
    const drafts = [...pool, draft('ngram')];
    assert.deepEqual(copying(0, drafts), { draft: 'ngram', length: 1 });
  });
});

describe('the plain rule over the whole pool', () => {
  const ruleOf = (costs = costsOf(10, SNAKE), drafts = pool) => rule(drafts, costs).begin(context('python'));
  const outcome = (drafted: number, accepted: number, draftId: string | undefined = 'snake') => ({
    draft: draftId,
    drafted,
    accepted,
    committed: Array.from({ length: accepted + 1 }, () => 1),
    millis: 10 + drafted,
  });

  test('copies while the match is long, whatever a model might say', () => {
    for (const match of [8, 30]) assert.equal(chosenBy(ruleOf(), sessions(pool, match))?.draft, 'suffix');
  });

  test('holds the copy of a short match beside the model’s guess, and copies farther where both agree', () => {
    const saying = (match: number, snake: number) => {
      const all = sessions(pool, match);
      const says = (id: string, tokens: number[]) =>
        all.set(id, { ...all.get(id)!, propose: (limit) => ({ tokens: tokens.slice(0, limit) }) });
      says('suffix', [1, 2, 3, 4, 5, 6, 7, 8]);
      says('snake', [snake, 9]);
      return all;
    };
    for (const match of [1, 2]) {
      const agreed = chosenBy(ruleOf(), saying(match, 1));
      assert.equal(agreed?.draft, 'suffix', `match ${match}`);
      assert.ok(agreed.length > copying(match)!.length);
      assert.equal(chosenBy(ruleOf(), saying(match, 5))?.draft, 'snake', `match ${match}`);
    }
    assert.equal(chosenBy(ruleOf(), saying(0, 1))?.draft, 'snake');
  });

  test('copies a short match alone where that was seen to bring more in its time', () => {
    const selector = ruleOf();
    for (let round = 0; round < 200; round++) {
      const chosen = chosenBy(selector, sessions(pool, 3));
      selector.observe(chosen?.draft === 'snake' ? outcome(6, 0) : outcome(3, 3, 'suffix'));
    }
    assert.deepEqual(chosenBy(selector, sessions(pool, 3)), copying(3));
  });

  test('asks a model where there is nothing long to copy', () => {
    assert.equal(chosenBy(ruleOf(), sessions(pool, 0))?.draft, 'snake');
  });

  test('leaves out a model that costs more than its guesses are worth, and then is the rule over copying drafts', () => {
    const costs = costsOf(1, SNAKE);
    assert.ok(Math.abs(guessShare(costs, 'snake') - 1) < 1e-9);
    assert.equal(rule(pool, costs).uses?.('snake'), false);
    assert.equal(chosenBy(ruleOf(costs), sessions(pool, 1))?.draft, 'suffix');
    assert.equal(chosenBy(ruleOf(costs), sessions(pool, 0)), undefined);
  });

  test('turns from a model that is always wrong, and tries it again much later', () => {
    const selector = ruleOf();
    const asked: boolean[] = [];
    for (let round = 0; round < 9000; round++) {
      const chosen = chosenBy(selector, sessions(pool, 0));
      asked.push(chosen !== undefined);
      selector.observe(chosen ? outcome(3, 0) : outcome(0, 0, undefined));
    }
    assert.ok(asked[0]);
    assert.ok(!asked[80], 'it is still asked after 80 rounds');
    assert.ok(asked.slice(100).some(Boolean), 'it is never tried again');
    assert.ok(asked.slice(100).filter(Boolean).length < 900, 'it is asked too often');
  });

  test('takes of two models the one that brings more in its time', () => {
    const two = [draft('suffix'), draft('good'), draft('bad')];
    const times = { token: 0.5, catchUp: 0.05 };
    const selector = ruleOf(costsOf(10, { good: times, bad: times }), two);
    let good = 0;
    for (let round = 0; round < 300; round++) {
      const chosen = chosenBy(selector, sessions(two, 0));
      if (chosen?.draft === 'good') good++;
      selector.observe(
        chosen ? outcome(3, chosen.draft === 'good' ? 2 : 1, chosen.draft) : outcome(0, 0, undefined),
      );
    }
    assert.ok(good > 240, `the better one was asked ${good} times of 300`);
  });

  test('does not ask a model that would have to read a long text first for a single round', () => {
    const all = sessions(pool, 0);
    all.set('snake', { ...all.get('snake')!, behind: () => 5000 });
    assert.equal(ruleOf().choose(all), undefined);
  });

  test('chooses only among the drafts that are there', () => {
    for (const drafts of [[], [draft('lookup')], [draft('snake', ['python'])], pool.slice(1)]) {
      for (const match of [0, 1, 3, 5, 20]) {
        const chosen = chosenBy(ruleOf(costsOf(10, SNAKE), drafts), sessions(drafts, match));
        assert.ok(chosen === undefined || drafts.some(({ id }) => id === chosen.draft));
        assert.ok(chosen === undefined || chosen.length >= 1);
      }
    }
  });
});

describe('the fixed policies', () => {
  const context = { language: 'python', task: 'complete', prompt: [] };

  test('choose always the same', () => {
    assert.deepEqual(fixedDraft('snake', 4).begin(context).choose(sessions(pool, 9)), {
      draft: 'snake',
      length: 4,
    });
    assert.equal(noDraft.begin(context).choose(sessions(pool, 9)), undefined);
  });
});
