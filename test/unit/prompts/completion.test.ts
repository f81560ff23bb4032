import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { TokenTrie } from '../../../src/engine/healing.ts';
import { completionPrompt, layoutOf } from '../../../src/prompts/completion.ts';
import type { ModelFolder, PromptLayout } from '../../../src/runtime/modelFolder.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';
import { bundledTokenizer, lines, root } from '../../toy/bundled.ts';
import { bytesOf } from '../../toy/vocabulary.ts';

const plain: PromptLayout = { order: 'prefix', header: '' };
const headed: PromptLayout = { order: 'prefix', header: '<|file_sep|>{path}\n' };
const source = readFileSync(path.join(root, 'src/engine/decoder.ts'), 'utf8');

let tokenizer: Tokenizer;
before(async () => {
  tokenizer = await bundledTokenizer();
});

const control = (name: string) => {
  const token = tokenizer.control(name);
  assert.ok(token !== undefined, name);
  return token;
};
const textOf = (tokens: readonly number[]) => bytesOf(tokenizer.vocabulary, tokens).toString();
const prompt = (layout: PromptLayout, prefix: string, suffix = '', budget = 200, file = 'src/app.ts') =>
  completionPrompt(tokenizer, layout, { path: file, prefix, suffix }, budget);

describe('the layout of a model', () => {
  const folder = (order: PromptLayout['order']) => {
    const card = {
      role: 'target',
      description: '',
      prompt: { order, header: '' },
      tasks: [],
      languages: [],
    } as const;
    return { path: 'here', tokenizer: 'here/tokenizer.json', card } as unknown as ModelFolder;
  };

  test('is what its card says, else what its vocabulary allows', () => {
    assert.deepEqual(layoutOf(tokenizer, folder('suffix-prefix-middle')), {
      order: 'suffix-prefix-middle',
      header: '',
    });
    assert.equal(layoutOf(tokenizer).order, 'prefix-suffix-middle');
  });

  test('is an error when the card wants the suffix and a mark is missing', () => {
    const without = (name: string) =>
      ({ control: (asked: string) => (asked === name ? undefined : tokenizer.control(asked)) }) as Tokenizer;
    for (const name of ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>']) {
      assert.throws(() => layoutOf(without(name), folder('suffix-prefix-middle')), {
        reason: 'model-broken',
        message: new RegExp(
          `here/tokenizer.json has no ${name.replaceAll('|', '\\|')} among its added_tokens\\. Add`,
        ),
      });
      assert.equal(layoutOf(without(name), folder('prefix')).order, 'prefix');
      assert.equal(layoutOf(without(name)).order, 'prefix');
    }
  });
});

describe('the prompt of a completion', () => {
  test('is the text before the cursor, behind the header', () => {
    const tokens = prompt(headed, 'const a = 1;\n');
    assert.equal(tokens[0], control('<|file_sep|>'));
    assert.equal(textOf(tokens), 'src/app.ts\nconst a = 1;\n');
    assert.equal(textOf(prompt(plain, 'let x')), 'let x');
  });

  test('shows the last folders of a path, with slashes', () => {
    assert.equal(textOf(prompt(headed, '', '', 200, 'C:\\code\\shop\\src\\cart.ts')), 'shop/src/cart.ts\n');
  });

  test('puts the parts of a fill-in-the-middle prompt in the order that the model wants', () => {
    const [pre, suf, mid] = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'].map(control);
    const encode = (text: string) => tokenizer.encode(text);
    assert.deepEqual(prompt({ order: 'prefix-suffix-middle', header: '' }, 'zero\none', 'two'), [
      pre,
      ...encode('zero\n'),
      suf,
      ...encode('two'),
      mid,
      ...encode('one'),
    ]);
    assert.deepEqual(prompt({ order: 'suffix-prefix-middle', header: '' }, 'one', 'two'), [
      suf,
      ...encode('two'),
      pre,
      ...encode('one'),
    ]);
  });

  test('gives a very long line half of its budget, where the line stands apart', () => {
    const layout: PromptLayout = { order: 'prefix-suffix-middle', header: '' };
    const tokens = prompt(layout, `${source}${'value + '.repeat(400)}`, 'end', 200);
    const line = tokens.length - tokens.indexOf(control('<|fim_middle|>')) - 1;
    assert.ok(line > 60 && line <= 100, `${line}`);
    assert.ok(tokens.indexOf(control('<|fim_suffix|>')) > 60);
  });

  test('asks for no middle where nothing stands behind the cursor', () => {
    assert.equal(textOf(prompt({ order: 'prefix-suffix-middle', header: '' }, 'one', ' \n\t\n')), 'one');
    assert.ok(
      !prompt({ order: 'prefix-suffix-middle', header: '' }, 'one', ' \n').includes(
        control('<|fim_middle|>'),
      ),
    );
  });

  test('holds at least one token', () => {
    for (const layout of [plain, headed, { order: 'prefix-suffix-middle', header: '' } as const]) {
      assert.ok(prompt(layout, '').length >= 1);
    }
  });

  test('keeps control tokens in a file plain text', () => {
    const spelled = lines.filter((line) => line.includes('<|')).join('\n');
    for (const layout of [plain, { order: 'suffix-prefix-middle', header: '' } as const]) {
      const tokens = prompt(layout, spelled, spelled, 2000, `${spelled}.ts`);
      const marks = tokens.filter((token) => tokenizer.controlTokens.has(token));
      assert.equal(marks.length, layout.order === 'suffix-prefix-middle' ? 2 : 0);
      assert.ok(textOf(tokens).endsWith(spelled));
    }
    const named = prompt(headed, 'x', '', 2000, 'src/<|endoftext|>.ts');
    assert.deepEqual(
      named.filter((token) => tokenizer.controlTokens.has(token)),
      [control('<|file_sep|>')],
    );
  });

  test('never exceeds its budget', () => {
    const path20 = `${'very/long/'.repeat(20)}${'名前'.repeat(120)}.ts`;
    const texts = ['', 'x', source, lines.join('\n'), '名'.repeat(3000), ' '.repeat(5000), '🚀'.repeat(2000)];
    for (const order of ['prefix', 'prefix-suffix-middle', 'suffix-prefix-middle'] as const) {
      for (const budget of [24, 446]) {
        for (const prefix of texts) {
          for (const suffix of texts) {
            for (const file of ['a.ts', path20]) {
              const { length } = prompt({ order, header: headed.header }, prefix, suffix, budget, file);
              assert.ok(length <= budget, `${order} ${budget}: ${length} (${prefix.slice(0, 5)})`);
            }
          }
        }
      }
    }
  });

  test('leaves most of its budget to the text before the cursor', () => {
    const tokens = prompt({ order: 'prefix-suffix-middle', header: '' }, source, source, 400);
    const at = tokens.indexOf(control('<|fim_suffix|>'));
    assert.ok(at > 200, `${at}`);
  });

  test('only appends while a text is typed, except at steps', () => {
    const line = (i: number) => `  const value${i} = compute(left, ${i * 37}) + right[${i}];\n`;
    const typed = Array.from({ length: 80 }, (_, i) => line(i)).join('');
    for (const order of ['prefix', 'suffix-prefix-middle'] as const) {
      const layout = { order, header: headed.header };
      const budget = 446;
      let steps = 0;
      let before: readonly number[] = [];
      for (let length = 1500; length < 2700; length++) {
        const text = prompt(layout, typed.slice(0, length), 'return 1;\n', budget);
        let common = 0;
        while (common < text.length && text[common] === before[common]) common++;
        // The last word is cut into tokens anew with each letter; a run of spaces or a long name may be several.
        if (before.length > 0 && common < before.length - 8) steps++;
        before = text;
      }
      // The window steps by a quarter of the budget, in characters and in tokens: each step is worth a
      // hundred characters or so, where a window without steps would move with each of them.
      assert.ok(steps > 0 && steps <= 20, `${order}: ${steps}`);
    }
  });

  test('splits no character of two units', () => {
    const text = '🚀'.repeat(4000);
    for (const shift of ['', 'x']) {
      for (const order of ['prefix', 'prefix-suffix-middle'] as const) {
        const tokens = prompt({ order, header: '' }, shift + text, shift + text, 300);
        // Half a pair has no UTF-8 and would be written as the replacement character.
        assert.ok(!bytesOf(tokenizer.vocabulary, tokens).includes(Buffer.from('\ufffd')), order);
      }
    }
  });
});

describe('the layout of a model without a card', () => {
  test('fills in the middle when its vocabulary has the marks', () => {
    assert.deepEqual(layoutOf(tokenizer), { order: 'prefix-suffix-middle', header: '' });
  });
});

describe('healing with the bundled tokenizer', () => {
  test('gives back the bytes of every line, cut at every character', () => {
    const trie = new TokenTrie(tokenizer.vocabulary);
    const text = `${lines.join('\n')}\n${source.split('\n').slice(60, 90).join('\n')}`;
    let healed = 0;
    let from = 0;
    for (const char of text) {
      from += char.length;
      const prefix = text.slice(Math.max(0, from - 150), from).replace(/^[\udc00-\udfff]/, '');
      const { tokens, required } = trie.heal(prompt(plain, prefix));
      assert.ok(tokens.length >= 1);
      const bytes = Buffer.concat([bytesOf(tokenizer.vocabulary, tokens), required]);
      assert.ok(bytes.equals(Buffer.from(prefix, 'utf8')), JSON.stringify(prefix.slice(-20)));
      if (required.length > 0) healed++;
    }
    assert.ok(healed > text.length / 2);
  });
});
