import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Follower } from '../../../../../src/engine/drafts/text/follower.ts';
import { wholeCharacters } from '../../../../../src/engine/drafts/text/joints.ts';
import { Speller, textOf } from '../../../../../src/engine/drafts/text/speller.ts';
import { bundledTokenizer, lines } from '../../../../toy/bundled.ts';
import { Random } from '../../../../toy/random.ts';
import { cases } from '../../../../toy/thorough.ts';
import { foreignTokenizers, greedyTokenizer, randomText } from '../../../../toy/tokenizers.ts';
import { vocabularyOf } from '../../../../toy/vocabulary.ts';

const bytes = (text: string) => Buffer.from(text);
const speller = new Speller(
  greedyTokenizer(vocabularyOf(['', 'ab', 'a', 'b', ' ', ' ab', '🚀', [0xf0], [0x9f]])),
);

describe('a text in tokens of its own', () => {
  test('is spelled anew where what is committed ends inside a token', () => {
    const follower = new Follower(speller, speller.spell(bytes('b a')).tokens);
    follower.commit(bytes('b'));
    follower.spell();
    assert.equal(Buffer.from(textOf(follower.tokens, speller.vocabulary)).toString(), 'b ab');
    assert.deepEqual(follower.tokens, speller.spell(bytes('b ab')).tokens);
  });

  test('keeps a guess that agrees, also one that what was committed ends inside of', () => {
    const follower = new Follower(speller, [3]);
    assert.ok(follower.guess(5, 0.5));
    assert.ok(follower.guess(2, 0.25));
    assert.deepEqual(follower.aheadTokens(), [
      { end: 3, chance: 0.5 },
      { end: 4, chance: 0.25 },
    ]);
    follower.commit(bytes(' a'));
    assert.equal(Buffer.from(follower.ahead).toString(), 'ba');
    assert.deepEqual(follower.aheadTokens(), [
      { end: 1, chance: 0.5 },
      { end: 2, chance: 0.25 },
    ]);
    follower.commit(bytes('bb'));
    assert.equal(follower.ahead.length, 0);
    follower.spell();
    assert.equal(Buffer.from(textOf(follower.tokens, speller.vocabulary)).toString(), 'b abb');
  });

  test('refuses a guess without text, and one that is not what is known to come', () => {
    const follower = new Follower(speller, [3]);
    assert.equal(follower.guess(0, 1), false);
    follower.commit(bytes('🚀').subarray(0, 2));
    follower.spell();
    assert.equal(follower.guess(2, 1), false);
    assert.ok(follower.guess(6, 1), 'the character that has begun');
    assert.deepEqual([...follower.ahead], [...bytes('🚀').subarray(2)]);
  });

  test('has ahead what is known to come', () => {
    const follower = new Follower(speller, speller.spell(bytes('b ab')).tokens, 2);
    assert.equal(Buffer.from(follower.ahead).toString(), 'ab');
    follower.commit(bytes('a'));
    assert.equal(Buffer.from(follower.ahead).toString(), 'b');
  });

  test('is the text, whatever is committed and guessed, in tokens as the tokenizer has them', async () => {
    const bundled = await bundledTokenizer();
    for (let seed = 0; seed < cases(400); seed++) {
      const random = new Random(seed);
      const tokenizer = random.pick([...foreignTokenizers(random), bundled]);
      const own = new Speller(tokenizer);
      const start = random.chance(0.5) ? random.pick(lines) : randomText(random, 8);
      const prompt = tokenizer.encode(start).filter((token) => tokenizer.vocabulary.bytes(token).length > 0);
      const text: Uint8Array[] = [textOf(prompt, tokenizer.vocabulary)];
      const follower = new Follower(own, prompt);
      let guessed = false;
      for (let step = 0; step < 30; step++) {
        if (random.chance(0.5)) {
          follower.spell();
          for (let n = random.int(0, 3); n > 0; n--) {
            const token = random.int(1, tokenizer.vocabulary.size - 1);
            guessed = follower.guess(token, 0.5) || guessed;
          }
        }
        const next = random.chance(0.6) ? Buffer.from(follower.ahead) : bytes(randomText(random, 3));
        const part = next.subarray(0, random.int(0, next.length));
        follower.commit(part);
        text.push(part);
        const all = Buffer.concat(text);
        follower.spell();
        const spelled = Buffer.from(textOf(follower.tokens, tokenizer.vocabulary));
        const known = spelled.subarray(0, all.length);
        assert.deepEqual(known, all.subarray(0, known.length), `seed ${seed}`);
        assert.ok(spelled.length >= wholeCharacters(all) || all.length - spelled.length < 4, `seed ${seed}`);
        const ahead = follower.aheadTokens();
        assert.equal(ahead.at(-1)?.end ?? 0, follower.ahead.length, `seed ${seed}`);
      }
      if (guessed || tokenizer !== bundled || text.some((part) => part.length === 0)) continue;
      const whole = Buffer.concat(text).toString();
      if (!whole.includes('\ufffd')) assert.deepEqual(follower.tokens, bundled.encode(whole), `seed ${seed}`);
    }
  });

  test('lets go of what is settled of a long text', () => {
    const follower = new Follower(speller, [3]);
    for (let i = 0; i < 4000; i++) {
      follower.commit(bytes(i % 3 === 0 ? ' ab' : 'b'));
      if (i % 5 === 0) follower.spell();
    }
    follower.spell();
    assert.equal(follower.unspelled, 0);
    assert.equal(textOf(follower.tokens, speller.vocabulary).length, 1 + 1334 * 3 + 2666);
  });
});
