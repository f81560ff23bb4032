import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { globSync } from 'fast-glob';
import { root } from '../toy/bundled.ts';

/** Documents lead where they say, can be read to their end, and cite every result that is kept. */

const documents = globSync('**/*.md', {
  cwd: root,
  dot: true,
  ignore: ['**/node_modules/**', '**/fixtures/**'],
});
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

test('every link to a file of the repository finds it', () => {
  const dead = documents.flatMap((name) =>
    [...read(name).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
      .map(([, link]) => link!)
      .filter((link) => !existsSync(path.join(root, path.dirname(name), link)))
      .map((link) => `${name} leads to ${link}`),
  );
  assert.ok(documents.length > 20);
  assert.deepEqual(dead, []);
});

test('no document is longer than a person reads', () => {
  // Tables that a program wrote are not read from beginning to end.
  const long = documents
    .filter((name) => name !== 'bench/policy/results.md')
    .filter((name) => read(name).split('\n').length > 250);
  assert.deepEqual(long, []);
});

test('every result that is kept is cited by a document or shown by one', () => {
  const texts = [...documents, ...globSync('bench/readme/*.ts', { cwd: root })].map(read).join('\n');
  const kept = readdirSync(path.join(root, 'bench/results')).map((name) => path.parse(name).name);
  assert.deepEqual(
    kept.filter((name) => !new RegExp(`\\b${name}(?![\\w-])`).test(texts)),
    [],
  );
});

test('the changelog has versions with dates, the newest that of the manifest or about to come, each in three parts', () => {
  const [head, ...versions] = read('CHANGELOG.md').split(/^## /m);
  assert.equal(head, '# Changelog\n\n');
  for (const [at, version] of versions.entries()) {
    const [title = '', ...lines] = version.split('\n');
    const pattern =
      at === 0 ? /^(Unreleased|\d+\.\d+\.\d+ – \d{4}-\d\d-\d\d)$/ : /^\d+\.\d+\.\d+ – \d{4}-\d\d-\d\d$/;
    assert.match(title, pattern);
    const parts = lines.filter((line) => line.startsWith('### '));
    assert.ok(parts.length > 0 && parts.every((part) => /^### (Added|Changed|Fixed)$/.test(part)), title);
  }
  const { version } = JSON.parse(read('package.json')) as { version: string };
  assert.ok(!versions.slice(1).some((each) => each.startsWith(`${version} `)), 'the version was raised');
});
