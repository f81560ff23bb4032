import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DraftSession } from '../../../src/engine/drafts/draft.ts';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import { guessShare, rulePolicy, worthwhileRule } from '../../../src/engine/policy/rule.ts';
import { draftOf } from '../../toy/drafts.ts';

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

const choice = (language: string, match: number, neuralLength = 3, drafts = pool) =>
  rulePolicy(drafts, neuralLength)
    .begin({ language, task: 'complete', prompt: [] })
    .choose(sessions(drafts, match));

describe('the plain rule', () => {
  test('copies while the match is long', () => {
    for (const match of [6, 8, 30]) {
      const chosen = choice('python', match);
      assert.equal(chosen?.draft, 'suffix');
      assert.ok(chosen.length % 2 === 1, 'with the last token the pass is of even width');
    }
  });

  test('follows the text that is rewritten while it agrees longer than any copy', () => {
    const standing = (lengths: Readonly<Record<string, number>>) =>
      new Map(
        [...sessions(pool, 0)].map(([id, each]) => [id, { ...each, matchLength: () => lengths[id] ?? 0 }]),
      );
    const withEdit = [...pool, draft('edit')];
    const chosenBy = (lengths: Readonly<Record<string, number>>) => {
      const all = standing(lengths);
      all.set('edit', { ...all.get('suffix')!, matchLength: () => lengths.edit ?? 0 });
      return rulePolicy(withEdit, 0).begin({ language: 'go', task: 'complete', prompt: [] }).choose(all);
    };
    assert.equal(chosenBy({ edit: 5, suffix: 5, lookup: 4 })?.draft, 'edit');
    assert.equal(chosenBy({ edit: 1, suffix: 5 })?.draft, 'suffix');
    assert.equal(chosenBy({ suffix: 2, lookup: 2 })?.draft, 'suffix');
    assert.equal(chosenBy({}), undefined);
  });

  test('leaves out a model that takes longer to read the prompt than its guesses are worth', () => {
    const costs = (pass: number) => ({
      target: { widths: [2], contexts: [100], millis: [[pass]] },
      drafts: { snake: { token: 0.1, catchUp: 0.05 } },
    });
    assert.ok(Math.abs(guessShare(costs(30), 'snake') - 0.02) < 1e-9);
    const chosen = (pass: number) =>
      worthwhileRule(pool, costs(pass))
        .begin({ language: 'python', task: 'complete', prompt: [] })
        .choose(sessions(pool, 1))?.draft;
    assert.equal(chosen(30), 'snake');
    assert.equal(chosen(1), 'suffix');
  });

  test('does not have prompt lookup prepared beside the suffix draft', () => {
    assert.equal(rulePolicy(pool, 0).uses?.('lookup'), false);
    assert.equal(rulePolicy(pool, 0).uses?.('suffix'), true);
    assert.equal(rulePolicy([draft('lookup')], 0).uses?.('lookup'), true);
  });

  test("asks the language's own draft when the match is short", () => {
    assert.deepEqual(choice('python', 0), { draft: 'snake', length: 3 });
    assert.deepEqual(choice('javascript', 1), { draft: 'script', length: 3 });
  });

  test('copies in a language without a draft, and where neural drafts are left out', () => {
    assert.notEqual(choice('go', 2)?.draft, 'snake');
    for (const match of [0, 2, 9]) {
      for (const chosen of [choice('go', match), choice('python', match, 0)]) {
        assert.ok(chosen === undefined || ['suffix', 'lookup'].includes(chosen.draft));
      }
    }
  });

  test('chooses only among the drafts that are there', () => {
    for (const drafts of [[], [draft('lookup')], [draft('snake', ['python'])], pool.slice(1)]) {
      for (const match of [0, 1, 3, 5, 20]) {
        for (const language of ['python', 'go']) {
          const chosen = choice(language, match, 3, drafts);
          assert.ok(chosen === undefined || drafts.some(({ id }) => id === chosen.draft));
          assert.ok(chosen === undefined || chosen.length >= 1);
        }
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
