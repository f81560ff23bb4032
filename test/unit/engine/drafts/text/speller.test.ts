import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { lengthOf, Speller, textOf } from '../../../../../src/engine/drafts/text/speller.ts';
import { readPrompts } from '../../../../../src/measure/prompts.ts';
import { bundledTokenizer, lines, root } from '../../../../toy/bundled.ts';
import { Random } from '../../../../toy/random.ts';
import { cases } from '../../../../toy/thorough.ts';
import {
  foreignTokenizers,
  greedyTokenizer,
  lowering,
  randomText,
  spacing,
} from '../../../../toy/tokenizers.ts';
import { vocabularyOf } from '../../../../toy/vocabulary.ts';

describe('spelling a text in tokens', () => {
  test('gives what the tokenizer gives for the whole text', async () => {
    const tokenizer = await bundledTokenizer();
    const speller = new Speller(tokenizer);
    const hard = [
      "\t'Sets cannot",
      "`'development'`",
      ' {(context: Context) =>',
      "it's (x) ((y)) =='s",
      '»(a) —b',
    ];
    const prompts = await readPrompts(path.join(root, 'bench', 'prompts', 'natural.jsonl'));
    const prose = prompts.map(({ prefix }) => prefix);
    for (const line of [
      ...hard,
      ...prose,
      ...lines,
      lines.join('\n'),
      lines.map((each) => `    ${each}`).join('\n\n\n'),
    ]) {
      assert.deepEqual(speller.spell(Buffer.from(line)).tokens, tokenizer.encode(line), JSON.stringify(line));
    }
  });

  test('settles tokens that stay whatever follows', async () => {
    const tokenizer = await bundledTokenizer();
    const speller = new Speller(tokenizer);
    let settledTokens = 0;
    for (let seed = 0; seed < cases(300); seed++) {
      const random = new Random(seed);
      const line = random.pick(lines);
      const text = line.slice(0, random.int(1, line.length));
      const { tokens, settled } = speller.spell(Buffer.from(text));
      settledTokens += settled;
      for (const more of ['a', 'ing', ' ', '\n', '0', '=', '.', ')', random.pick(lines)]) {
        assert.deepEqual(tokenizer.encode(text + more).slice(0, settled), tokens.slice(0, settled), text);
      }
    }
    assert.ok(settledTokens > 1000, `only ${settledTokens} tokens were settled`);
  });

  test('spells any bytes, parts of characters among them, with any vocabulary that has them', () => {
    for (let seed = 0; seed < cases(200); seed++) {
      const random = new Random(seed);
      for (const tokenizer of foreignTokenizers(random)) {
        const speller = new Speller(tokenizer);
        const bytes = Buffer.from(randomText(random, 12));
        const part = bytes.subarray(random.int(0, bytes.length), random.int(0, bytes.length));
        const { tokens, settled } = speller.spell(part);
        assert.ok(settled <= tokens.length);
        assert.deepEqual(Buffer.from(textOf(tokens, tokenizer.vocabulary)), Buffer.from(part));
      }
    }
  });

  test('leaves out the space that a tokenizer puts in front', () => {
    const tokenizer = spacing(greedyTokenizer(vocabularyOf(['', ' ', 'a', ' a', 'b', '\n'])));
    const speller = new Speller(tokenizer);
    assert.deepEqual(speller.spell(Buffer.from('a a')).tokens, [2, 3]);
    assert.deepEqual(speller.spell(Buffer.from(' a')).tokens, [3]);
  });

  test('takes the longest tokens that fit where the tokenizer changes the text', () => {
    const tokenizer = lowering(greedyTokenizer(vocabularyOf(['', 'a', 'b', 'A', 'AB', 'B'])));
    assert.deepEqual(new Speller(tokenizer).spell(Buffer.from('aABB')).tokens, [1, 4, 5]);
  });

  test('ends where the vocabulary has no token for what comes', () => {
    const speller = new Speller(greedyTokenizer(vocabularyOf(['', 'a', 'b'])));
    const { tokens } = speller.spell(Buffer.from('abxab'));
    assert.deepEqual(tokens, [1, 2]);
    assert.equal(lengthOf(tokens, speller.vocabulary), 2);
  });
});
