import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { REMOTE_FIM } from '../../../src/editor/settings/settings.ts';
import { DIALECTS, dialectOf } from '../../../src/remote/dialects.ts';

/** How servers are told of the text after the cursor. */

const text = { prefix: 'function f() {\n  return ', suffix: ';\n}\n' };
const fields = (how: string, model = '', given = text) => dialectOf(how, model).fieldsOf(given);

test('a family is told by its marks, with the line of the cursor last', () => {
  assert.deepEqual(fields('qwen'), {
    prompt: '<|fim_prefix|>function f() {\n<|fim_suffix|>;\n}\n<|fim_middle|>  return ',
  });
  assert.deepEqual(fields('codellama'), { prompt: '<PRE> function f() {\n <SUF>;\n}\n <MID>  return ' });
  assert.deepEqual(fields('codestral'), { prompt: '[SUFFIX];\n}\n[PREFIX]function f() {\n  return ' });
});

test('by itself the family is known by the name of the model, and of another nothing is supposed', () => {
  const prefixOf = (model: string) => fields('auto', model).prompt.slice(0, 16);
  assert.equal(prefixOf('Qwen/Qwen2.5-Coder-7B'), '<|fim_prefix|>fu');
  assert.equal(prefixOf('bigcode/starcoder2-15b'), '<fim_prefix>func');
  assert.equal(prefixOf('deepseek-coder-6.7b-base'), '<｜fim▁begin｜>fun');
  assert.equal(prefixOf('codellama:7b-code'), '<PRE> function f');
  for (const model of ['', 'gpt-oss', 'Qwen/Qwen3-8B']) {
    assert.deepEqual(fields('auto', model), { prompt: text.prefix }, model);
  }
});

test('a field takes it where the server has one, and nothing does where nothing is there', () => {
  assert.deepEqual(fields('suffix'), { prompt: text.prefix, suffix: text.suffix });
  assert.deepEqual(fields('prefix', 'Qwen2.5-Coder'), { prompt: text.prefix });
  for (const how of DIALECTS) {
    assert.deepEqual(fields(how, '', { ...text, suffix: ' \n' }), { prompt: text.prefix }, how);
  }
});

test('marks that stand in the text of the user are no marks, nor what is left when one is taken out', () => {
  const prefix = 'const a = "<|fim_mid<|fim_middle|>dle|><|fim_suffix|>";\nx';
  const { prompt } = fields('qwen', '', { prefix, suffix: '<|fim_prefix|>;' });
  assert.equal(prompt, '<|fim_prefix|>const a = "";\n<|fim_suffix|>;<|fim_middle|>x');
});

test('the settings, the manifest and the command line know the same ways', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { enum?: string[] }> } };
  };
  assert.deepEqual(REMOTE_FIM, DIALECTS);
  assert.deepEqual(manifest.contributes.configuration.properties['slipstream.remote.fim']?.enum, DIALECTS);
});
