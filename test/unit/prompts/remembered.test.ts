import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Snippet } from '../../../src/prompts/neighbours.ts';
import {
  type RememberedOptions,
  rememberedPrompt,
  type ShownPrompt,
} from '../../../src/prompts/remembered.ts';
import type { PromptLayout } from '../../../src/runtime/modelFolder.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';
import { bundledTokenizer } from '../../toy/bundled.ts';
import { bytesOf } from '../../toy/vocabulary.ts';

const layout: PromptLayout = { order: 'suffix-prefix-middle', header: '<|file_sep|>{path}\n' };
const withNeighbours: PromptLayout = { ...layout, neighbours: true };
const code = Array.from({ length: 90 }, (_, i) => `  const value${i} = compute(left, ${i * 37});\n`).join('');
const BUDGET = 400;

let tokenizer: Tokenizer;
before(async () => {
  tokenizer = await bundledTokenizer();
});
const textOf = (tokens: readonly number[]) => bytesOf(tokenizer.vocabulary, tokens).toString();
const common = (a: readonly number[], b: readonly number[]) => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
};

/** Prompts one after the other, drawn with the cursor as `█`. */
function typist(own: PromptLayout = layout, snippets: readonly Snippet[] = []) {
  let shown: ShownPrompt | undefined;
  const seen: boolean[] = [];
  const ask = (
    drawing: string,
    options: Partial<RememberedOptions> & { path?: string; budget?: number } = {},
  ) => {
    const [prefix = '', suffix = ''] = drawing.split('█');
    const text = { path: options.path ?? 'src/app.ts', prefix, suffix };
    const neighbours = (_: readonly Snippet[], fresh: boolean) => {
      seen.push(fresh);
      return snippets;
    };
    const made = rememberedPrompt(tokenizer, own, text, options.budget ?? BUDGET, shown, {
      idle: false,
      neighbours,
      ...options,
    });
    shown = made.shown;
    return made;
  };
  return { ask, seen };
}

describe('a prompt that remembers the last one', () => {
  test('only appends while a block is typed whose bracket the editor closes', () => {
    const { ask } = typist();
    const below = '\n\nexport default main;\n';
    const first = ask(`${code.slice(0, 400)}if (ready) █${below}`).tokens;
    for (const drawing of ['{█}', '{\n  █\n}', '{\n  call(█)\n}', "{\n  call('a█')\n}"]) {
      const next = ask(`${code.slice(0, 400)}if (ready) ${drawing}${below}`).tokens;
      assert.ok(common(first, next) >= first.length - 2, drawing);
    }
  });

  test('shows the end of a block when nobody waits, and after a while', () => {
    const open = 'if (a) █\nrest();\n';
    const inside = 'if (a) {\n  b(█)\n}\nrest();\n';
    const showsEnd = (tokens: readonly number[]) => textOf(tokens).includes('\n}\nrest');
    const { ask } = typist();
    ask(open);
    assert.ok(!showsEnd(ask(inside).tokens));
    assert.ok(showsEnd(ask(inside, { idle: true }).tokens));
    const other = typist();
    other.ask(open);
    let prompts = 1;
    while (!showsEnd(other.ask(inside).tokens) && prompts < 500) prompts++;
    assert.ok(prompts > 50 && prompts < 200, `${prompts}`);
  });

  test('does not read all anew for a bracket that is typed through after a pause', () => {
    const { ask } = typist();
    ask(`${code.slice(0, 400)}█\nrest();\n`);
    const paused = ask(`${code.slice(0, 400)}call('a█')\nrest();\n`, { idle: true }).tokens;
    const through = ask(`${code.slice(0, 400)}call('a')█\nrest();\n`).tokens;
    assert.ok(common(paused, through) >= paused.length - 2);
  });

  test('moves its window seldom, and reads only what is typed between', () => {
    const { ask } = typist();
    let last: readonly number[] = [];
    let moves = 0;
    for (let length = 1800; length < 3300; length += 5) {
      const { tokens } = ask(`${code.slice(0, length)}█\nend();\n`);
      assert.ok(tokens.length <= BUDGET);
      if (last.length > 0 && common(last, tokens) < last.length - 8) moves++;
      last = tokens;
    }
    assert.ok(moves >= 1 && moves <= 10, `${moves}`);
  });

  test('is the same for the same requests', () => {
    const drawings = ['a(█)\nb\n', 'a("█")\nb\n', 'a("x")█\nb\n', `${code}█\nb\n`, 'a█\nb\n'];
    const [one, other] = [typist(), typist()];
    for (const drawing of drawings) assert.deepEqual(one.ask(drawing).tokens, other.ask(drawing).tokens);
  });

  test('forgets with another file or another size', () => {
    for (const change of [{ path: 'src/other.ts' }, { budget: 300 }]) {
      const { ask } = typist();
      ask('a █\nrest();\n');
      assert.ok(textOf(ask('a (█)\nrest();\n', change).tokens).includes(')\nrest'), JSON.stringify(change));
    }
  });

  test('puts snippets of other files in front, as the model was trained with them', () => {
    const snippets = [{ path: 'src/lib.ts', text: code.slice(0, 500) }];
    const { ask } = typist(withNeighbours, snippets);
    const { tokens } = ask(`${code.slice(600, 2600)}█\nend();\n`);
    const separator = tokenizer.control('<|file_sep|>');
    assert.equal(tokens[0], separator);
    assert.equal(tokens.filter((token) => token === separator).length, 2);
    assert.ok(textOf(tokens).startsWith('src/lib.ts\n  const value0'));
    assert.ok(tokens.indexOf(separator!, 1) <= 0.2 * BUDGET);
    assert.ok(tokens.length <= BUDGET);
    assert.ok(
      !textOf(typist(layout, snippets).ask('x█').tokens).includes('lib.ts'),
      'others were not trained so',
    );
  });

  test('asks for other snippets only when it begins anew or nobody waits', () => {
    const { ask, seen } = typist(withNeighbours);
    ask('a█');
    ask('ab█');
    ask('abc█', { idle: true });
    ask('x█', { path: 'src/other.ts' });
    assert.deepEqual(seen, [true, false, true, true]);
  });

  test('keeps all before the cursor line where the model wants the suffix last', () => {
    const { ask } = typist({ order: 'prefix-suffix-middle', header: '' });
    const first = ask(`${code.slice(0, 700)}\n  return █\nend();\n`).tokens;
    const next = ask(`${code.slice(0, 700)}\n  return value█\nend();\n`).tokens;
    assert.ok(common(first, next) >= first.length - 1);
  });
});
