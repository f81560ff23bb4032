import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf } from '../../../src/prompts/language.ts';

test('the language of a file is told by its ending', () => {
  assert.equal(languageOf('src/app.ts'), 'typescript');
  assert.equal(languageOf('view.TSX'), 'typescriptreact');
  assert.equal(languageOf('setup.py'), 'python');
  assert.equal(languageOf('a.b/README.md'), 'markdown');
  for (const name of [
    'Makefile',
    '.ts',
    'file.',
    'x.unknown',
    '',
    'constructor',
    'a.constructor',
    'a.__proto__',
  ]) {
    assert.equal(languageOf(name), 'plaintext', name);
  }
});
