import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionPrompt, layoutOf } from '../../../src/prompts/completion.ts';
import { taskPrompt } from '../../../src/prompts/task.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';

/** A tokenizer of single bytes with some control tokens, which have ids from 256 on in the order of their names. */
function withNames(names: readonly string[], begin: readonly number[] = []): Tokenizer {
  const control = (name: string) => (names.includes(name) ? 256 + names.indexOf(name) : undefined);
  const encode = (text: string) => [...Buffer.from(text)];
  const encodeTemplate = (text: string) => {
    const first = names.find((name) => text.startsWith(name));
    return first === undefined ? encode(text) : [control(first)!, ...encode(text.slice(first.length))];
  };
  return { control, encode, encodeTemplate, begin } as unknown as Tokenizer;
}

/** A prompt as text, control tokens by their names. */
function shown(names: readonly string[], begin: readonly number[] = []): string {
  const tokenizer = withNames(names, begin);
  const text = { path: 'a.py', prefix: 'above\nline', suffix: 'below' };
  return completionPrompt(tokenizer, layoutOf(tokenizer), text, 200)
    .map((token) => (token < 256 ? String.fromCharCode(token) : names[token - 256]))
    .join('');
}

describe('fill-in-the-middle by the marks of a vocabulary', () => {
  const cases: readonly (readonly [family: string, names: readonly string[], prompt: string])[] = [
    [
      'Qwen2.5-Coder',
      ['<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>', '<|file_sep|>'],
      '<|fim_prefix|>above\n<|fim_suffix|>below<|fim_middle|>line',
    ],
    [
      'StarCoder',
      ['<fim_prefix>', '<fim_middle>', '<fim_suffix>', '<filename>'],
      '<fim_prefix>above\n<fim_suffix>below<fim_middle>line',
    ],
    [
      'SantaCoder',
      ['<fim-prefix>', '<fim-middle>', '<fim-suffix>'],
      '<fim-prefix>above\n<fim-suffix>below<fim-middle>line',
    ],
    [
      'DeepSeek-Coder',
      ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
      '<｜fim▁begin｜>above\n<｜fim▁hole｜>below<｜fim▁end｜>line',
    ],
    ['Code Llama', ['▁<PRE>', '▁<SUF>', '▁<MID>'], '▁<PRE>above\n▁<SUF>below▁<MID>line'],
    ['Codestral', ['[SUFFIX]', '[PREFIX]'], '[SUFFIX]below[PREFIX]above\nline'],
    ['SmolLM, which cannot', ['<filename>', '<file_sep>'], '<filename>a.py\nabove\nline'],
    ['a plain model', [], 'above\nline'],
    ['half of the marks', ['<fim_prefix>', '<fim_suffix>'], 'above\nline'],
  ];
  for (const [family, names, prompt] of cases) test(family, () => assert.equal(shown(names), prompt));

  test('stands behind the token that every text of a model begins with', () => {
    const names = ['<s>', '[SUFFIX]', '[PREFIX]', '<fim_prefix>', '<fim_middle>', '<fim_suffix>'];
    assert.equal(shown(names.slice(0, 3), [256]), '<s>[SUFFIX]below[PREFIX]above\nline');
    assert.equal(
      shown(['<s>', ...names.slice(3)], [256]),
      '<s><fim_prefix>above\n<fim_suffix>below<fim_middle>line',
    );
    assert.equal(shown(['<s>'], [256]), '<s>above\nline');
  });

  test('is left out where a card says so, and a task begins as every text does', () => {
    const names = ['<s>', '[SUFFIX]', '[PREFIX]'];
    const folder = { path: 'here', card: { prompt: { order: 'prefix' } } } as never;
    assert.deepEqual(layoutOf(withNames(names), folder), { order: 'prefix', header: '' });
    const task = { kind: 'summarize', text: 'a', language: 'c', to: '' } as const;
    assert.equal(taskPrompt(withNames(names, [256]), task, 200, false)[0], 256);
  });
});
