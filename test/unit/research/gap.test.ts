import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lossesOf } from '../../../research/evaluate/gap.ts';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import { roundOracle } from '../../../src/learning/oracle.ts';
import { replay, timesOf } from '../../../src/learning/replay.ts';
import { toyHeader, toyLog, toyRecord } from '../learning/toyLog.ts';

const { records } = toyLog('gap', 8);
const drafts = ['edit', 'suffix'];
const times = timesOf(toyHeader);
const total = (of: (record: (typeof records)[number]) => number) =>
  records.reduce((sum, record) => sum + of(record), 0);

describe('what a policy loses against the oracle', () => {
  for (const policy of [noDraft, fixedDraft('suffix', 1), fixedDraft('suffix', 5), fixedDraft('edit', 40)]) {
    test(`is all of its time beyond the oracle's, and its parts add up: ${policy.id}`, () => {
      const {
        oracle,
        lost,
        wrongDraft,
        tooLong,
        tooShort,
        noDraft: plain,
      } = lossesOf(records, drafts, policy, times);
      assert.ok(Math.abs(oracle - total((record) => roundOracle(record, drafts, times))) < 1e-6);
      assert.ok(Math.abs(oracle + lost - total((record) => replay(record, policy, times))) < 1e-6);
      assert.ok(Math.abs(wrongDraft + tooLong + tooShort + plain - lost) < 1e-6);
      for (const part of [wrongDraft, tooLong, tooShort, plain]) assert.ok(part >= -1e-9);
    });
  }

  test('is laid to the draft, the length or the lack of a draft, as it should be', () => {
    const always = toyRecord(
      { edit: () => ({ right: 0 }), suffix: () => ({ right: 7, match: 9 }) },
      { id: 'a' },
    );
    const of = (policy: typeof noDraft) => lossesOf([always], drafts, policy, times);
    assert.ok(of(noDraft).noDraft > 1 && of(noDraft).wrongDraft === 0);
    const wrong = of(fixedDraft('edit', 1));
    assert.ok(wrong.wrongDraft > 1 && wrong.tooShort < 1e-9);
    assert.ok(of(fixedDraft('suffix', 1)).tooShort > 1);
    assert.ok(of(fixedDraft('suffix', 1)).tooLong < 1e-9);
    const short = toyRecord(
      { edit: () => ({ right: 0 }), suffix: () => ({ right: 1, match: 9 }) },
      { id: 'b' },
    );
    assert.ok(lossesOf([short], drafts, fixedDraft('suffix', 8), times).tooLong > 1);
  });
});
