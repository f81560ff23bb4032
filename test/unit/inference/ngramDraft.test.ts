import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Vocabulary } from '../../../src/engine/target.ts';
import { ngramDraft, type Tongues } from '../../../src/inference/ngramDraft.ts';

const fixture = path.join(import.meta.dirname, '..', '..', 'fixtures', 'ngram');
const { vocabulary: words }: { vocabulary: string[] } = JSON.parse(
  readFileSync(path.join(fixture, 'cases.json'), 'utf8'),
);
const vocabulary: Vocabulary = { size: words.length, bytes: (token) => Buffer.from(words[token]!, 'utf8') };

/** A target of this vocabulary, and no other bundled model. */
function tongues(own: Vocabulary): Tongues {
  const none = () => Promise.reject(new Error('there is no other model'));
  return { target: { vocabulary: own }, open: none, bridge: none };
}

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
    const entry = await ngramDraft({ bundled }, tongues(vocabulary), notices);
    assert.equal(entry?.draft.id, 'ngram');
    assert.equal(entry.description, 'phrases');
    assert.deepEqual(notices, []);
  });

  test('is left out with a notice beside another vocabulary or without its table', async () => {
    const card = '{"role": "ngram"}';
    const foreign: string[] = [];
    const other = { ...vocabulary, size: words.length - 1 };
    assert.equal(
      await ngramDraft({ bundled: bundledWith('foreign', card) }, tongues(other), foreign),
      undefined,
    );
    assert.match(
      foreign.join(),
      /^Draft phrases is left out: its table was made for the tokens of a model that is not here/,
    );
    const missing: string[] = [];
    assert.equal(
      await ngramDraft({ bundled: bundledWith('missing', card, false) }, tongues(vocabulary), missing),
      undefined,
    );
    assert.match(missing.join(), /^Draft phrases is left out: .*table\.bin/);
  });

  test('is not looked for in other folders', async () => {
    const notices: string[] = [];
    for (const card of ['{"role": "draft"}', '{ no card']) {
      assert.equal(
        await ngramDraft(
          { bundled: bundledWith(`other ${card.length}`, card) },
          tongues(vocabulary),
          notices,
        ),
        undefined,
      );
    }
    assert.equal(
      await ngramDraft({ bundled: path.join(top, 'nothing') }, tongues(vocabulary), notices),
      undefined,
    );
    assert.deepEqual(notices, []);
  });
});
