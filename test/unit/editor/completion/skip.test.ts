import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remainingDelay } from '../../../../src/editor/completion/debounce.ts';
import { OwnRequest } from '../../../../src/editor/completion/ownRequest.ts';
import {
  barredBecause,
  kindOfChange,
  type Situation,
  skippedBecause,
} from '../../../../src/editor/completion/skip.ts';
import { readSettings } from '../../../../src/editor/settings/settings.ts';
import { drawn } from '../../suggestion/drawing.ts';

const calm: Situation = {
  scheme: 'file',
  excluded: false,
  cursors: 1,
  hasSelection: false,
  lastChange: 'typed',
};
const settings = readSettings(() => undefined).settings;

test('inputs of chat and source control, output and comments are barred', () => {
  for (const scheme of ['chatSessionInput', 'vscode-scm', 'output', 'comment', 'git', 'slipstream-preview']) {
    assert.equal(barredBecause({ ...calm, scheme }), 'scheme', scheme);
  }
  for (const scheme of ['file', 'untitled', 'vscode-notebook-cell', 'vscode-remote', 'vscode-vfs']) {
    assert.equal(barredBecause({ ...calm, scheme }), undefined, scheme);
  }
});

test('an excluded file is barred', () => {
  assert.equal(barredBecause({ ...calm, excluded: true }), 'excluded-file');
});

const cases: [string, Partial<Situation>, string, string | undefined][] = [
  ['at the end of a line', {}, 'a = █', undefined],
  ['several cursors', { cursors: 2 }, 'a = █', 'multi-cursor'],
  ['in a snippet', { inSnippet: true }, 'f(█)', 'snippet'],
  ['a selection', { hasSelection: true }, 'a = █', 'selection'],
  ['after a deletion', { lastChange: 'deletion' }, 'a = █', 'deletion'],
  ['after undo', { lastChange: 'undo' }, 'a = █', 'undo'],
  ['after redo', { lastChange: 'redo' }, 'a = █', 'redo'],
  ['in an unchanged document', { lastChange: undefined }, 'a = █', undefined],
  ['in an empty file', {}, '█', 'nothing-before'],
  ['inside a word', {}, 'ca█ll()', 'inside-word'],
  ['before an accented letter', {}, 'caf█é', 'inside-word'],
  ['before a bracket', {}, 'call(█)', undefined],
  ['in a very long line', {}, `${'x'.repeat(3000)}█`, 'long-line'],
  ['in a binary file', {}, 'PK\0\0█', 'binary'],
];
for (const [name, situation, drawing, reason] of cases) {
  test(`skipping ${name}: ${reason ?? 'not'}`, () => {
    assert.equal(skippedBecause({ ...calm, ...situation }, drawn(drawing), settings), reason);
  });
}

test('switched off, in general or for a language', () => {
  const context = drawn('a = █', { language: 'python' });
  assert.equal(skippedBecause(calm, context, { ...settings, enable: false }), 'off');
  const languages = { '*': true, python: false };
  assert.equal(skippedBecause(calm, context, { ...settings, languages }), 'off-for-language');
});

test('a change is named by its reason, or by whether it only took away', () => {
  assert.equal(kindOfChange('undo', ['']), 'undo');
  assert.equal(kindOfChange(undefined, ['']), 'deletion');
  assert.equal(kindOfChange(undefined, ['', 'x']), 'typed');
});

test('inside a word there is a wait, behind a bracket none', () => {
  assert.equal(remainingDelay(drawn('wor█'), 100, 30), 70);
  assert.equal(remainingDelay(drawn('wor█'), 100, 300), 0);
  for (const drawing of ['call(█', 'a = █', 'a.█', 'a\n  █'])
    assert.equal(remainingDelay(drawn(drawing), 100, 0), 0);
});

test('the own request counts once, for its place and for a while', () => {
  let now = 0;
  const own = new OwnRequest(() => now);
  const here = drawn('a = █');
  own.expect(here);
  assert.equal(own.take(here), true);
  assert.equal(own.take(here), false);
  own.expect(here);
  assert.equal(own.take(drawn('a = b█')), false);
  own.expect(here);
  now = 5_000;
  assert.equal(own.take(here), false);
});
