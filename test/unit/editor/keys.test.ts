import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../../toy/bundled.ts';

/** The keys that the extension binds collide with none that VS Code binds itself: see `scripts/editorKeys.ts`. */

const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as unknown;
const { keys } = read('test/fixtures/editorKeys.json') as { keys: string[] };
const { contributes } = read('package.json') as {
  contributes: { keybindings: { command: string; key: string; mac?: string }[] };
};

const ORDER = ['ctrl', 'meta', 'alt', 'shift'];
/** A key with its modifiers in the order of the list. */
function ordered(stroke: string): string {
  const parts = stroke.split('+');
  const modifiers = parts.slice(0, -1).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return [...modifiers, parts.at(-1)].join('+');
}
const normal = (key: string) => key.toLowerCase().split(' ').map(ordered).join(' ');
/** On a Mac the list says `ctrl` for the command key and `meta` for the control key. */
const ofMac = (key: string) => normal(key.replaceAll('ctrl', 'meta').replaceAll('cmd', 'ctrl'));

const taken = new Set(keys.map(normal));
const bound = contributes.keybindings.flatMap(({ key, mac }) => [normal(key), ofMac(mac ?? key)]);

/** Why a key may not be bound; undefined when it may. */
function collision(key: string): string | undefined {
  const [first, second] = key.split(' ');
  if (taken.has(key)) return `${key} is bound`;
  if ([...taken].some((other) => other.startsWith(`${key} `))) return `${key} begins chords`;
  const beginsChords = [...taken].some((other) => other.startsWith(`${first} `));
  if (second && taken.has(first!) && !beginsChords) return `${first} is bound`;
  return undefined;
}

test('the list of the keys that the editor binds is what it says', () => {
  for (const key of ['alt+]', 'alt+[', 'ctrl+right', 'ctrl+space', 'tab', 'ctrl+c', 'ctrl+k ctrl+s', 'f2']) {
    assert.equal(collision(normal(key)), `${key} is bound`);
  }
  assert.equal(collision('ctrl+;'), 'ctrl+; begins chords');
  assert.equal(collision(ofMac('cmd+c')), 'ctrl+c is bound');
});

test('keys for asking, for a line and for turning off collide with none of the editor', () => {
  const commands = contributes.keybindings.map(({ command }) => command);
  assert.deepEqual(commands, [
    'editor.action.inlineSuggest.trigger',
    'editor.action.inlineSuggest.acceptNextLine',
    'slipstream.toggle',
  ]);
  for (const key of bound) {
    assert.equal(collision(key), undefined);
    assert.doesNotMatch(key, /(^| )(tab|ctrl\+c|meta\+c)$/);
  }
});

test('no key is one that types a character on some keyboard: Ctrl and Alt together are AltGr', () => {
  for (const key of bound) assert.doesNotMatch(key, /ctrl\+(meta\+)?alt\+(shift\+)?.( |$)/);
});
