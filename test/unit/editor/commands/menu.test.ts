import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftChoices, policyChoices, poolOf } from '../../../../src/editor/commands/draftChoices.ts';
import { type MenuFacts, statusMenu } from '../../../../src/editor/commands/statusMenu.ts';
import type { DraftInfo } from '../../../../src/worker/protocol.ts';

const facts: MenuFacts = {
  ...{ status: { kind: 'asleep' }, enabled: true, language: 'go', languageOn: true, model: 'toy' },
  ...{ policy: 'rule', lastOutcome: 'none', snoozed: 0, inWorkspace: true, residentBytes: undefined },
};
const menu = (change: Partial<MenuFacts> = {}) =>
  statusMenu({ ...facts, ...change }).map(({ command, label }) => [
    command.replace('slipstream.', ''),
    label.replace(/^\$\([\w-]+\) /, ''),
  ]);
const toggling = (change: Partial<MenuFacts>) =>
  menu(change).filter(([command]) => /snooze|toggle/.test(command!));

test('what is off can be turned on, and nothing else of it is offered', () => {
  assert.deepEqual(toggling({ enabled: false, snoozed: 5 }), [['toggle', 'Turn Suggestions On']]);
});

test('a language is offered where a file is open, a workspace where there is a folder', () => {
  assert.deepEqual(toggling({ language: undefined, inWorkspace: false }), [
    ['snooze', 'Snooze Suggestions…'],
    ['toggle', 'Turn Suggestions Off'],
  ]);
  assert.deepEqual(toggling({ languageOn: false, snoozed: 2 }), [
    ['snooze', 'End the Snooze (2 minutes left)'],
    ['toggle', 'Turn Suggestions Off'],
    ['toggleLanguage', 'Turn On for «go»'],
    ['toggleWorkspace', 'Turn Off in This Workspace'],
  ]);
});

test('one minute is one minute', () => {
  assert.deepEqual(toggling({ snoozed: 1 })[0], ['snooze', 'End the Snooze (1 minute left)']);
});

test('why nothing came stands first and leads to the log; what a failure said is told as it is', () => {
  assert.notEqual(menu()[0]![0], 'showLog');
  assert.deepEqual(menu({ lastOutcome: 'failed:x', lastMessage: 'The disk is full.' })[0], [
    'showLog',
    'The disk is full.',
  ]);
  assert.deepEqual(menu({ lastOutcome: 'failed:odd' })[0], ['showLog', 'The suggestion failed (odd).']);
  assert.equal(menu({ lastOutcome: 'skipped:new-one' })[0]![1], 'Nothing was suggested (new-one).');
  assert.equal(
    menu({ lastOutcome: 'empty:new-one' })[0]![1],
    'What the model wrote was not shown (new-one).',
  );
  assert.match(menu({ lastOutcome: 'cancelled:superseded' })[0]![1]!, /you went on before it was ready/);
});

test('a failure puts the ways out first and takes nothing away', () => {
  const failed = menu({ status: { kind: 'failed', message: 'No.' }, lastOutcome: 'failed:x' });
  assert.deepEqual(
    failed.slice(0, 4).map(([command]) => command),
    ['showLog', 'restartWorker', 'showLog', 'openSettings'],
  );
  assert.deepEqual([...failed].sort(), [...menu({ lastOutcome: 'failed:x' })].sort());
});

test('model, policy and memory stand behind the entries that change them', () => {
  const described = (change: Partial<MenuFacts> = {}) =>
    Object.fromEntries(
      statusMenu({ ...facts, ...change }).map(({ command, description }) => [command, description]),
    );
  const { 'slipstream.chooseModel': model, 'slipstream.choosePolicy': policy } = described();
  assert.deepEqual([model, policy], ['toy', 'rule']);
  assert.equal(described()['slipstream.restartWorker'], '');
  assert.equal(described({ residentBytes: 1.6 * 2 ** 20 })['slipstream.restartWorker'], '2 MB in use');
});

const draft = (id: string, more: Partial<DraftInfo> = {}): DraftInfo => ({
  ...{ id, kind: 'copy', languages: [], description: 'Copies.', loaded: true },
  ...more,
});

test('a draft tells its kind, its size, its time and what it did today', () => {
  const drafts = [
    draft('lookup'),
    draft('small', { kind: 'neural', languages: ['go', 'c'], bytes: 2_340_000, millis: 0.456 }),
  ];
  const [lookup, small] = draftChoices(drafts, [], { small: { rounds: 3, drafted: 8, accepted: 6 } });
  assert.equal(
    lookup!.description,
    'copies from your text · no weights, no time worth measuring · not chosen today',
  );
  assert.equal(
    small!.description,
    'a small model · 2.3 MB · 0.46 ms a guess · chosen 3 times today, 75 % right',
  );
  assert.deepEqual([lookup!.detail, small!.detail], ['Copies.', 'Copies.; for go, c']);
  const [silent] = draftChoices([draft('x')], [], { x: { rounds: 1, drafted: 0, accepted: 0 } });
  assert.match(silent!.description, /chosen 1 times today, 0 % right/);
});

test('the pool that is written keeps the order of picking, and is a list of its own', () => {
  const choices = draftChoices([draft('a'), draft('b'), draft('c')], []);
  const picked = ['c', 'a'];
  const pool = poolOf(choices, picked);
  assert.deepEqual(pool, ['c', 'a']);
  assert.notEqual(pool, picked);
  assert.deepEqual(poolOf(choices, ['c', 'b', 'a']), []);
});

test('exactly one policy is marked, and one that is known is not listed twice', () => {
  for (const policy of ['trained', 'trained+online', 'rule', 'none', 'fixed:a', 'fixed:gone']) {
    const choices = policyChoices([draft('a')], policy);
    const marked = choices.filter(({ picked }) => picked);
    assert.deepEqual(
      marked.map(({ id }) => id),
      [policy],
    );
    assert.match(marked[0]!.description, /in use$/);
    assert.equal(new Set(choices.map(({ id }) => id)).size, choices.length);
  }
  assert.equal(policyChoices([], 'trained')[0]!.description, 'recommended, in use');
});
