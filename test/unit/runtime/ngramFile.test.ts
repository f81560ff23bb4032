import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { NgramTable } from '../../../src/engine/drafts/ngram/ngramTable.ts';
import type { Vocabulary } from '../../../src/engine/target.ts';
import { UserError } from '../../../src/errors.ts';
import { readNgramFile } from '../../../src/runtime/ngramFile.ts';
import { Random } from '../../toy/random.ts';

const fixture = path.join(import.meta.dirname, '..', '..', 'fixtures', 'ngram');
const file = path.join(fixture, 'table.bin');
/** What the Python that wrote the table says of it. */
const said: {
  readonly vocabulary: readonly string[];
  readonly cases: readonly { context: number[]; next: [number, number, number] | null }[];
} = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8'));

function vocabularyOf(words: readonly string[]): Vocabulary {
  return { size: words.length, bytes: (token) => Buffer.from(words[token]!, 'utf8') };
}
const vocabulary = vocabularyOf(said.vocabulary);

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-ngram-'));
});
after(() => rmSync(folder, { recursive: true }));

/** Reason of the failure to read the table with some bytes in place of its own. */
async function reasonFor(change: (bytes: Buffer) => Uint8Array): Promise<string> {
  const changed = path.join(folder, 'changed.bin');
  writeFileSync(changed, change(readFileSync(file)));
  try {
    await readNgramFile(changed, vocabulary);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /changed\.bin/);
    return error.reason;
  }
  return 'none';
}

describe('the file of an n-gram table', () => {
  test('says what the program that wrote it says', async () => {
    const table = await readNgramFile(file, vocabulary);
    const orders = new Set<number>();
    for (const { context, next } of said.cases) {
      const guess = table.next(context);
      assert.deepEqual(
        guess && [guess.token, guess.probability, guess.order],
        next ?? undefined,
        context.join(),
      );
      orders.add(guess?.order ?? 0);
    }
    assert.deepEqual([...orders].sort(), [0, 1, 2, 3, 4]);
  });

  test('is refused when it was cut off, wherever', async () => {
    const { length } = readFileSync(file);
    for (const rest of [0, 3, 4, 63, 64, 100, length - 2, length - 1]) {
      assert.equal(await reasonFor((bytes) => bytes.subarray(0, rest)), 'ngram-broken', `${rest} bytes`);
    }
    assert.equal(await reasonFor((bytes) => Buffer.concat([bytes, bytes])), 'ngram-broken');
  });

  test('is refused when it is something else', async () => {
    const word = (at: number, value: number) => (bytes: Buffer) => {
      bytes.writeUInt32LE(value, at);
      return bytes;
    };
    assert.equal(await reasonFor(() => Buffer.from('{"role": "ngram"}'.repeat(9))), 'ngram-broken');
    assert.equal(await reasonFor(word(4, 2)), 'ngram-broken', 'version');
    assert.equal(await reasonFor(word(12, 0)), 'ngram-broken', 'orders');
    assert.equal(await reasonFor(word(12, 1 << 30)), 'ngram-broken', 'orders');
    assert.equal(await reasonFor(word(16, 40)), 'ngram-broken', 'bucket bits');
    assert.equal(await reasonFor(word(20, 0xffffffff)), 'ngram-broken', 'entries');
    assert.equal(await reasonFor(word(64, 0x7fc00000)), 'ngram-broken', 'a probability that is no number');
    assert.equal(await reasonFor(word(8, 3)), 'ngram-foreign', 'vocabulary');
  });

  test('is refused when it was made for another vocabulary', async () => {
    for (const words of [
      said.vocabulary.slice(1),
      said.vocabulary.map((word, i) => (i === 3 ? 'other' : word)),
    ]) {
      await assert.rejects(readNgramFile(file, vocabularyOf(words)), { reason: 'ngram-foreign' });
    }
  });

  test('is refused when it is not there', async () => {
    await assert.rejects(readNgramFile(path.join(folder, 'none.bin'), vocabulary), {
      reason: 'ngram-broken',
    });
  });

  test('with any byte changed is refused or still gives tokens of the vocabulary', async () => {
    const changed = path.join(folder, 'byte.bin');
    const whole = readFileSync(file);
    const random = new Random(3);
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(whole);
      bytes[random.int(0, bytes.length - 1)]! ^= 1 << random.int(0, 7);
      writeFileSync(changed, bytes);
      let table: NgramTable;
      try {
        table = await readNgramFile(changed, vocabulary);
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        continue;
      }
      for (const { context } of said.cases) {
        const guess = table.next(context);
        assert.ok(
          !guess || (guess.token < vocabulary.size && guess.probability >= 0 && guess.probability <= 1),
        );
      }
    }
  });
});
