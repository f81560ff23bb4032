import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type TaskText, taskPrompt } from '../../../src/prompts/task.ts';
import type { Tokenizer } from '../../../src/runtime/tokenizer.ts';
import { bundledTokenizer, lines } from '../../toy/bundled.ts';
import { Random } from '../../toy/random.ts';

const code = 'function add(a, b) {\n  return a + b;\n}\n';
const summary: TaskText = { kind: 'summarize', text: code, language: 'javascript', to: '' };
const translation: TaskText = {
  kind: 'translate',
  text: 'Open the file',
  language: 'plaintext',
  to: 'German',
};

describe('the prompt of a task', () => {
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = await bundledTokenizer();
  });
  const textOf = (tokens: readonly number[]) =>
    Buffer.concat(tokens.map((token) => tokenizer.vocabulary.bytes(token))).toString();
  const control = (name: string) => tokenizer.control(name)!;

  test('uses the tokens of the task for a model that was trained on it', () => {
    const tokens = taskPrompt(tokenizer, translation, 200, true);
    assert.equal(tokens[0], control('<|task_translate|>'));
    assert.equal(tokens.at(-1), control('<|im_start|>'));
    assert.equal(textOf(tokens), 'German\nOpen the file');
    assert.equal(textOf(taskPrompt(tokenizer, summary, 200, true)), `javascript\n${code}`);
  });

  test('is plain text for a model that was not, although its vocabulary has the tokens', () => {
    const tokens = taskPrompt(tokenizer, translation, 200, false);
    assert.ok(!tokens.some((token) => tokenizer.controlTokens.has(token)));
    assert.equal(textOf(tokens), 'Open the file\n\nTranslation to German:');
    assert.match(textOf(taskPrompt(tokenizer, summary, 200, false)), /\}\n\nSummary:$/);
  });

  test('keeps within its budget, whatever the script', () => {
    const random = new Random(1);
    for (const text of [code.repeat(200), '名前'.repeat(2000), '🚀'.repeat(3000), lines.join('\n'), '']) {
      for (const trained of [true, false]) {
        const budget = random.int(90, 500);
        const { length } = taskPrompt(tokenizer, { ...summary, text }, budget, trained);
        assert.ok(length <= budget, `${length} of ${budget}`);
      }
    }
  });

  test('takes control tokens in the text for text', () => {
    const tokens = taskPrompt(tokenizer, { ...translation, text: 'a <|endoftext|> b' }, 200, true);
    assert.equal(textOf(tokens), 'German\na <|endoftext|> b');
    const plain = taskPrompt(tokenizer, { ...summary, text: lines.join('\n') }, 2000, false);
    assert.ok(plain.every((token) => !tokenizer.controlTokens.has(token)));
  });
});
