import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { grammarNotices } from '../../../scripts/thirdPartyNotices.mjs';
import grammars from '../../../src/syntax/grammars.json' with { type: 'json' };

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('every grammar that the package carries brings its licence, and one without is refused', async () => {
  const names = [
    ...Object.values(grammars.languages).map(({ file }) => file),
    ...Object.values(grammars.embedded),
  ];
  const carried = [...new Set(names.map((name) => `${path.basename(name)}.json`))];
  const text = (await grammarNotices(root, carried)).join('');
  for (const name of carried) assert.match(text, new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`));
  await assert.rejects(grammarNotices(root, ['nobody.json']), /no notice for nobody\.json/);
});
