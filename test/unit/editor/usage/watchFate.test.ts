import '../../../fakes/vscode/install.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Usage } from '../../../../src/editor/usage/usage.ts';
import { FateWatch } from '../../../../src/editor/usage/watchFate.ts';
import { fakeMemento } from '../../../fakes/log.ts';
import { FakeDocument } from '../../../fakes/vscode/document.ts';
import { editor } from '../../../fakes/vscode/install.ts';

/** A suggestion `return value;` offered at the end of `  ` in a file that is open. */
let watch: FateWatch | undefined;
let usage: Usage | undefined;
function offering() {
  const document = new FakeDocument('/work/a.py', '  ', 'python');
  editor.show(document);
  const judged: [string, boolean][] = [];
  const counted = new Usage(fakeMemento(), () => '2026-11-29');
  const fate = new FateWatch(counted, (language, kept) => judged.push([language, kept]));
  [usage, watch] = [counted, fate];
  const uri = document.uri.toString();
  fate.offered({ uri, offset: 2, text: 'return value;' });
  const ends = () => [counted.counts.partly, counted.counts.rejected];
  return { document, uri, judged, counted, fate, ends };
}
afterEach(() => {
  watch?.dispose();
  usage?.dispose();
  editor.visible = [];
  editor.active = undefined;
});

test('a letter of the suggestion ends nothing, the next other one turns it down, and only once', () => {
  const { ends } = offering();
  editor.type(2, 0, 'r');
  assert.deepEqual(ends(), [0, 0]);
  editor.type(2, 0, 'x');
  assert.deepEqual(ends(), [0, 1]);
  editor.type(2, 0, 'y');
  assert.deepEqual(ends(), [0, 1]);
});

test('a word of it is counted as taken in part', () => {
  const { ends } = offering();
  editor.type(2, 0, 'return');
  assert.deepEqual(ends(), [1, 0]);
});

test('nothing is counted for deletions, other places, other files, several cursors, or before anything was shown', () => {
  const { ends, document, fate } = offering();
  editor.type(1, 1, '');
  editor.type(0, 0, 'x');
  const change = { rangeOffset: 2, rangeLength: 0, text: 'x' };
  const fire = (contentChanges: (typeof change)[], where = document) =>
    editor.events.change.fire({ document: where, contentChanges, reason: undefined });
  fire([change, { ...change, rangeOffset: 1 }]);
  fire([]);
  fire([change], new FakeDocument('/work/b.py', '  ', 'python'));
  assert.deepEqual(ends(), [0, 0]);
  fate.accepted(document.uri.toString(), 'return value;');
  fire([change]);
  assert.deepEqual(ends(), [0, 0], 'what was accepted whole cannot be turned down any more');
});

test('accepted text is looked for after 30 seconds and after 5 minutes, and judged at the first look', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { fate, uri, judged, counted, document } = offering();
  editor.type(2, 0, 'return value;');
  fate.accepted(uri, 'return value;');
  assert.deepEqual([counted.counts.accepted, counted.counts.characters], [1, 13]);
  t.mock.timers.tick(29_999);
  assert.deepEqual(judged, []);
  t.mock.timers.tick(1);
  assert.deepEqual(judged, [['python', true]]);
  document.replace(2, 13, 'return other;');
  t.mock.timers.tick(270_000);
  assert.deepEqual(counted.counts.kept, { 30: { still: 1, looked: 1 }, 300: { still: 0, looked: 1 } });
  assert.equal(judged.length, 1);
});

test('a file that was closed, or blank text, is not looked at, and nothing is once it is over', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { fate, uri, judged, counted, document } = offering();
  fate.accepted(uri, ' \n');
  t.mock.timers.tick(30_000);
  assert.deepEqual([counted.counts.accepted, counted.counts.kept], [1, {}]);
  fate.accepted(uri, 'return');
  editor.close(document);
  t.mock.timers.tick(300_000);
  editor.show(document);
  fate.accepted(uri, 'return');
  fate.dispose();
  t.mock.timers.tick(300_000);
  assert.deepEqual([judged, counted.counts.kept], [[], {}]);
});

test('the watch listens no more when it is over', () => {
  const { fate, ends } = offering();
  fate.dispose();
  editor.type(2, 0, 'x');
  assert.deepEqual(ends(), [0, 0]);
});
