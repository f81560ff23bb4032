import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { NgramDraft } from '../../../../../src/engine/drafts/ngram/ngram.ts';
import { type NgramParts, NgramTable, tokenBits } from '../../../../../src/engine/drafts/ngram/ngramTable.ts';
import { readNgramFile } from '../../../../../src/runtime/ngramFile.ts';
import { Random } from '../../../../toy/random.ts';

const neverAborted = new AbortController().signal;
const fixture = path.join(import.meta.dirname, '..', '..', '..', '..', 'fixtures', 'ngram');

describe('the n-gram draft', () => {
  let table: NgramTable;
  let size: number;
  before(async () => {
    const { vocabulary }: { vocabulary: string[] } = JSON.parse(
      readFileSync(path.join(fixture, 'cases.json'), 'utf8'),
    );
    size = vocabulary.length;
    table = await readNgramFile(path.join(fixture, 'table.bin'), {
      size,
      bytes: (token) => Buffer.from(vocabulary[token]!, 'utf8'),
    });
  });

  test('guesses token by token, each as if those before were right', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const some = () => random.list(random.int(0, 9), () => random.int(0, size - 1));
      const text = some();
      const session = new NgramDraft(table).open({ prompt: text, language: 'toy' });
      for (let round = 0; round < 5; round++) {
        const limit = random.int(1, 9);
        const { tokens, probabilities } = await session.propose(limit, neverAborted);
        const expected: number[] = [];
        const chances: number[] = [];
        for (let guess = table.next(text); guess && expected.length < limit; ) {
          expected.push(guess.token);
          chances.push(guess.probability);
          guess = table.next([...text, ...expected]);
        }
        assert.deepEqual(tokens, expected, `seed ${seed}`);
        assert.deepEqual(probabilities, chances, `seed ${seed}`);
        assert.equal(session.matchLength(), table.next(text)?.order ?? 0);
        const committed = some();
        session.commit(committed);
        text.push(...committed);
      }
    }
  });

  test('looks at no more of the text than the table does', () => {
    const text = [1, 2, 3, 4, 5, 6, 7];
    assert.deepEqual(table.next(text), table.next(text.slice(-table.orders)));
  });

  test('goes back to shorter contexts until one is known', () => {
    // 99 is no token of the vocabulary, so a context that holds it is not known.
    for (let token = 1; token < size; token++) {
      const guessAfter = (text: number[]) => table.next(text);
      assert.equal(guessAfter([99, token])?.order, 1);
      assert.deepEqual(guessAfter([3, 99, token]), guessAfter([token]));
    }
    assert.equal(table.next([5, 99]), undefined);
    assert.equal(table.next([]), undefined);
  });

  test('says nothing without entries', async () => {
    const parts: NgramParts = {
      vocabulary: 4,
      orders: 2,
      bucketBits: 0,
      probabilities: new Float32Array(64),
      counts: new Uint8Array(1),
      tokens: new Uint16Array(),
      marks: new Uint16Array(),
    };
    const session = new NgramDraft(new NgramTable(parts)).open({ prompt: [1, 2], language: 'toy' });
    assert.deepEqual(await session.propose(3, neverAborted), { tokens: [], probabilities: [] });
    assert.equal(session.matchLength(), 0);
  });

  test('knows the bits of a token', () => {
    assert.deepEqual([1, 2, 3, 256, 257, 8192, 65536].map(tokenBits), [1, 1, 2, 8, 9, 13, 16]);
  });
});
