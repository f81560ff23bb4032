import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { say, speakThrough } from '../../../src/editor/words.ts';
import { root } from '../../toy/bundled.ts';

/** The texts of the editor in each language: none is missing, none is left over, and every one keeps its values. */

const languages = ['de', 'fr', 'ja'];
const read = (file: string) =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, string>;
const valuesOf = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(String).sort();

function said(): Set<string> {
  const folder = path.join(root, 'src/editor');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const texts = files.map((name) => readFileSync(path.join(folder, name), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\bsay\(\s*'([^']*)'/g)].map(([, key]) => key!)));
}

for (const language of languages) {
  test(`every text that the editor says is there in ${language}, with its values, and no other`, () => {
    const bundle = read(`l10n/bundle.l10n.${language}.json`);
    assert.deepEqual(Object.keys(bundle).sort(), [...said()].sort());
    for (const [text, translated] of Object.entries(bundle)) {
      assert.deepEqual(valuesOf(translated), valuesOf(text), translated);
    }
  });

  test(`every command, setting and step of the walkthrough is described in ${language}, with its code and links`, () => {
    const english = read('package.nls.json');
    const names = read(`package.nls.${language}.json`);
    assert.deepEqual(Object.keys(names), Object.keys(english));
    const fixed = (text: string) => (text.match(/`[^`]*`|\(command:[^)]*\)/g) ?? []).sort();
    for (const [key, text] of Object.entries(english)) {
      assert.deepEqual(fixed(names[key]!), fixed(text), key);
      assert.notEqual(names[key], text, key);
    }
  });
}

test('what is said goes through the translation of the editor, with its values', () => {
  speakThrough((text, ...values) => `<${text}:${values.join()}>`);
  assert.equal(say('{0} MB', 3), '<{0} MB:3>');
  speakThrough(undefined);
  assert.equal(say('{0} MB', 3), '3 MB');
});
