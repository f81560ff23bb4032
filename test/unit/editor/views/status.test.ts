import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusMenu } from '../../../../src/editor/commands/statusMenu.ts';
import { describeStatus, type StatusInput, statusOf } from '../../../../src/editor/views/status.ts';
import type { SetupResult } from '../../../../src/worker/protocol.ts';

const setup: SetupResult = {
  model: 'toy',
  because: 'as asked for',
  contextLength: 512,
  drafts: [{ id: 'lookup', kind: 'copy', languages: [], description: 'Copies.', loaded: true }],
  tasks: ['complete'],
  problems: [],
  notices: [],
  millis: 1,
};
const input: StatusInput = {
  enabled: true,
  inlineSuggest: true,
  language: 'python',
  languageOn: true,
  excluded: false,
  worker: { kind: 'ready', setup },
  busy: false,
  policy: 'rule',
};

const cases: [Partial<StatusInput>, string, RegExp][] = [
  [{}, 'ready', /ready.*toy.*1 draft.*rule/],
  [{ busy: true }, 'working', /writing/],
  [{ worker: { kind: 'ready', setup, resting: true } }, 'resting', /loaded again with the next/],
  [{ worker: { kind: 'ready', setup, resting: true }, busy: true }, 'working', /writing/],
  [{ enabled: false }, 'off', /off/],
  [{ inlineSuggest: false }, 'editor-off', /inlineSuggest/],
  [{ languageOn: false }, 'off-for-language', /python/],
  [{ excluded: true }, 'excluded', /exclude/],
  [{ snoozed: 3 }, 'snoozed', /3 more minutes/],
  [{ answerMillis: 900 }, 'slow', /toy takes 900 ms/],
  [{ worker: { kind: 'ready', setup: { ...setup, policy: 'none' } } }, 'ready', /policy none/],
  [{ eagerness: 'manual' }, 'ready', /only when you ask/],
  [{ worker: { kind: 'stopped' } }, 'asleep', /first suggestion/],
  [{ worker: { kind: 'loading' } }, 'loading', /loading/],
  [{ worker: { kind: 'restarting', attempt: 2, delay: 500 } }, 'restarting', /attempt 2/],
  [{ worker: { kind: 'failed', reason: 'x', message: 'No model there.' } }, 'failed', /No model there\./],
];
for (const [change, kind, tooltip] of cases) {
  test(`status ${kind}`, () => {
    const status = statusOf({ ...input, ...change });
    assert.equal(status.kind, kind);
    const described = describeStatus(status);
    assert.match(described.tooltip, tooltip);
    assert.match(described.text, /^\$\([\w~-]+\) Slipstream$/);
    assert.equal(described.severity === 'error', kind === 'failed');
  });
}

test('the menu offers what helps first', () => {
  const facts = {
    status: statusOf(input),
    enabled: true,
    language: 'python',
    languageOn: true,
    model: 'toy',
    policy: 'rule',
    lastOutcome: 'shown:new',
    snoozed: 0,
    inWorkspace: true,
    residentBytes: 100 * 1024 * 1024,
  };
  const entries = statusMenu(facts);
  assert.match(entries[0]?.label ?? '', /Snooze/);
  assert.match(entries[1]?.label ?? '', /Turn Suggestions Off/);
  assert.match(entries[2]?.label ?? '', /Turn Off for «python»/);
  const after = statusMenu({ ...facts, lastOutcome: 'skipped:deletion', snoozed: 12 });
  assert.equal(after[0]?.label, '$(info) Nothing was suggested: you had just deleted text. Type a letter.');
  assert.match(after[1]?.label ?? '', /End the Snooze \(12 minutes left\)/);
  assert.ok(entries.some(({ description }) => description === '100 MB in use'));
  const failed = statusMenu({
    ...facts,
    status: { kind: 'failed', message: 'No.' },
    residentBytes: undefined,
  });
  assert.equal(failed[0]?.command, 'slipstream.restartWorker');
});
