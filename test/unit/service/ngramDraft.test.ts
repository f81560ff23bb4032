import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Vocabulary } from '../../../src/engine/target.ts';
import { ngramDraft } from '../../../src/service/ngramDraft.ts';

const fixture = path.join(import.meta.dirname, '..', '..', 'fixtures', 'ngram');
const { vocabulary: words }: { vocabulary: string[] } = JSON.parse(
  readFileSync(path.join(fixture, 'cases.json'), 'utf8'),
);
const vocabulary: Vocabulary = { size: words.length, bytes: (token) => Buffer.from(words[token]!, 'utf8') };

let top: string;
before(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'slipstream-bundled-'));
});
after(() => rmSync(top, { recursive: true }));

/** A folder of bundled models with one folder in it. */
function bundledWith(name: string, card: string, table = true): string {
  const folder = path.join(top, name, 'phrases');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'slipstream.json'), card);
  if (table) cpSync(path.join(fixture, 'table.bin'), path.join(folder, 'table.bin'));
  return path.join(top, name);
}

describe('the bundled n-gram draft', () => {
  test('is found by the role of its card', async () => {
    const notices: string[] = [];
    const bundled = bundledWith('good', '{"role": "ngram", "description": "phrases"}');
    const entry = await ngramDraft(bundled, vocabulary, notices);
    assert.equal(entry?.draft.id, 'ngram');
    assert.equal(entry.description, 'phrases');
    assert.deepEqual(notices, []);
  });

  test('is left out with a notice beside another vocabulary or without its table', async () => {
    const card = '{"role": "ngram"}';
    const foreign: string[] = [];
    const other = { ...vocabulary, size: words.length - 1 };
    assert.equal(await ngramDraft(bundledWith('foreign', card), other, foreign), undefined);
    assert.match(foreign.join(), /^Draft phrases is left out: .* another vocabulary/);
    const missing: string[] = [];
    assert.equal(await ngramDraft(bundledWith('missing', card, false), vocabulary, missing), undefined);
    assert.match(missing.join(), /^Draft phrases is left out: .*table\.bin/);
  });

  test('is not looked for in other folders', async () => {
    const notices: string[] = [];
    for (const card of ['{"role": "draft"}', '{ no card']) {
      assert.equal(
        await ngramDraft(bundledWith(`other ${card.length}`, card), vocabulary, notices),
        undefined,
      );
    }
    assert.equal(await ngramDraft(path.join(top, 'nothing'), vocabulary, notices), undefined);
    assert.deepEqual(notices, []);
  });
});
