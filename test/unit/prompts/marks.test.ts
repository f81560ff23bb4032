import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionPrompt, fillsMiddle, layoutOf } from '../../../src/prompts/completion.ts';
import { headerOf, marksOf } from '../../../src/prompts/families.ts';
import type { ModelFolder, PromptLayout } from '../../../src/runtime/modelFolder.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';

const FAMILIES: readonly (readonly [order: PromptLayout['order'], ...names: string[]])[] = [
  ['prefix-suffix-middle', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'],
  ['prefix-suffix-middle', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
  ['prefix-suffix-middle', '<fim-prefix>', '<fim-suffix>', '<fim-middle>'],
  ['prefix-suffix-middle', '<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
  ['prefix-suffix-middle', '▁<PRE>', '▁<SUF>', '▁<MID>'],
  ['suffix-prefix-middle', '[PREFIX]', '[SUFFIX]'],
];

/** A tokenizer of single bytes with these control tokens, from 256 on. */
function withNames(...names: string[]): Tokenizer {
  const control = (name: string) => (names.includes(name) ? 256 + names.indexOf(name) : undefined);
  const encode = (text: string) => [...Buffer.from(text)];
  return { control, encode, encodeTemplate: encode, begin: [] } as unknown as Tokenizer;
}

/** A model folder whose card says this of prompts. */
const folderWith = (prompt: Partial<PromptLayout>) =>
  ({ path: 'here', tokenizer: 'here/tokenizer.json', card: { prompt } }) as unknown as ModelFolder;

describe('the marks of a family', () => {
  for (const [order, ...names] of FAMILIES) {
    test(`${names.join(' ')} are known together, and not with one of them missing or misspelt`, () => {
      const [prefix, suffix, middle] = [256, 257, names.length > 2 ? 258 : undefined];
      assert.deepEqual(marksOf(withNames(...names)), { order, prefix, suffix, middle });
      for (const [i, name] of names.entries()) {
        assert.equal(marksOf(withNames(...names.filter((_, at) => at !== i))), undefined, `without ${name}`);
        assert.equal(
          marksOf(withNames(...names.map((each, at) => (at === i ? `${each} ` : each)))),
          undefined,
        );
      }
    });
  }

  test('are never taken from two of them: half of one does not hide the whole of another', () => {
    const halves = ['<|fim_prefix|>', '<|fim_suffix|>', '<fim_middle>', '▁<PRE>', '<fim-suffix>'];
    assert.equal(marksOf(withNames(...halves)), undefined);
    assert.deepEqual(marksOf(withNames(...halves, '[SUFFIX]', '[PREFIX]')), {
      order: 'suffix-prefix-middle',
      prefix: 256 + halves.length + 1,
      suffix: 256 + halves.length,
      middle: undefined,
    });
  });

  test('with the id 0 are marks like any other', () => {
    const ids: Record<string, number> = { '<fim_prefix>': 0, '<fim_suffix>': 1, '<fim_middle>': 2 };
    assert.deepEqual(marksOf({ control: (name) => ids[name] }), {
      order: 'prefix-suffix-middle',
      prefix: 0,
      suffix: 1,
      middle: 2,
    });
    assert.equal(headerOf({ control: () => 0 }), '<filename>{path}\n');
  });
});

describe('a card', () => {
  const codestral = withNames('[PREFIX]', '[SUFFIX]');
  const starCoder = withNames('<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<filename>');

  test('turns the order of its family, where the marks suffice', () => {
    const turned = layoutOf(starCoder, folderWith({ order: 'suffix-prefix-middle' }));
    assert.equal(turned.order, 'suffix-prefix-middle');
    const text = { path: 'a', prefix: 'x', suffix: 'y' };
    assert.deepEqual(completionPrompt(starCoder, turned, text, 100), [257, 121, 256, 120]);
  });

  test('that wants a middle of marks without one is refused, and the marks are named', () => {
    assert.throws(() => layoutOf(codestral, folderWith({ order: 'prefix-suffix-middle' })), {
      name: 'UserError',
      reason: 'model-broken',
      message:
        'slipstream.json in here wants the text after the cursor in the prompt, but here/tokenizer.json has no ' +
        '<|fim_prefix|>, <|fim_suffix|>, <|fim_middle|> among its added_tokens. Add what is missing, or set prompt.order to "prefix".',
    });
    assert.equal(
      layoutOf(codestral, folderWith({ order: 'suffix-prefix-middle' })).order,
      'suffix-prefix-middle',
    );
  });

  test('that only names a header leaves the order to the marks, and one without a word leaves both', () => {
    assert.deepEqual(layoutOf(starCoder, folderWith({ header: '# {path}\n' })), {
      order: 'prefix-suffix-middle',
      header: '# {path}\n',
    });
    assert.deepEqual(layoutOf(starCoder, folderWith({})), { order: 'prefix-suffix-middle', header: '' });
    assert.deepEqual(layoutOf(withNames('<filename>'), folderWith({ header: '' })), {
      order: 'prefix',
      header: '',
    });
    assert.deepEqual(layoutOf(withNames('<filename>'), folderWith({ order: 'prefix' })), {
      order: 'prefix',
      header: '<filename>{path}\n',
    });
  });

  test('that shows no suffix has none shown, though the vocabulary could, and nor has white space', () => {
    const prefix = layoutOf(starCoder, folderWith({ order: 'prefix' }));
    assert.equal(fillsMiddle(starCoder, prefix, 'below'), false);
    assert.equal(fillsMiddle(starCoder, layoutOf(starCoder), 'below'), true);
    assert.equal(fillsMiddle(starCoder, layoutOf(starCoder), ' \n\t'), false);
  });
});
