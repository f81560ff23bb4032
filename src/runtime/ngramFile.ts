import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LEVELS, MOST_ORDERS, NgramTable, tokenBits } from '../engine/drafts/ngram/ngramTable.ts';
import type { Vocabulary } from '../engine/target.ts';
import { fileTrouble, UserError } from '../errors.ts';

const MAGIC = 'SLNG';
const VERSION = 1;
const HEAD_BYTES = 64;
/** More would not be a small table; a bound, so that a broken file cannot ask for gigabytes. */
const MOST_BUCKET_BITS = 24;

/**
 * Read an n-gram table and check that it was made for this vocabulary; `training/ngram/table.py` describes the file.
 * @throws UserError `ngram-broken`, or `ngram-foreign` when it belongs to another vocabulary.
 */
export async function readNgramFile(file: string, vocabulary: Vocabulary): Promise<NgramTable> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    // A copy, because typed arrays need their place in memory to be a multiple of their size.
    bytes = new Uint8Array(await readFile(file));
  } catch (error) {
    throw new UserError('ngram-broken', fileTrouble(error, file, 'read'), { cause: error });
  }
  const view = new DataView(bytes.buffer);
  if (bytes.length < HEAD_BYTES || ascii(bytes.subarray(0, 4)) !== MAGIC) {
    throw broken(file, 'it is not an n-gram table');
  }
  const word = (at: number) => view.getUint32(at, true);
  if (word(4) !== VERSION) throw broken(file, `its version is ${word(4)} and not ${VERSION}`);
  const [size, orders, bucketBits, entries, levels] = [word(8), word(12), word(16), word(20), word(24)];
  if (size !== vocabulary.size || !vocabularyHash(vocabulary).equals(bytes.subarray(32, HEAD_BYTES))) {
    throw new UserError(
      'ngram-foreign',
      `${file} was made for another vocabulary. Make it anew with training/ngram/build.py for this model.`,
    );
  }
  if (orders < 1 || orders > MOST_ORDERS || bucketBits > MOST_BUCKET_BITS || levels !== LEVELS) {
    throw broken(file, 'its header makes no sense');
  }
  const buckets = 2 ** bucketBits;
  const expected = HEAD_BYTES + 4 * orders * levels + buckets + 4 * entries;
  if (bytes.length !== expected) throw broken(file, `it has ${bytes.length} bytes and not ${expected}`);

  let at = HEAD_BYTES;
  const take = (length: number) => {
    at += length;
    return bytes.buffer.slice(at - length, at);
  };
  const probabilities = new Float32Array(take(4 * orders * levels));
  const counts = new Uint8Array(take(buckets));
  const tokens = new Uint16Array(take(2 * entries));
  const marks = new Uint16Array(take(2 * entries));
  if (!probabilities.every((value) => value >= 0 && value <= 1)) {
    throw broken(file, 'a probability is not between 0 and 1');
  }
  if (counts.reduce((sum, count) => sum + count, 0) !== entries) {
    throw broken(file, 'its buckets do not hold what its header says');
  }
  const mask = 2 ** tokenBits(size) - 1;
  if (!tokens.every((token) => (token & mask) < size))
    throw broken(file, 'it names a token that does not exist');
  return new NgramTable({ vocabulary: size, orders, bucketBits, probabilities, counts, tokens, marks });
}

/** SHA-256 over the bytes of every token in the order of ids, each after its length in 16 bits. */
function vocabularyHash(vocabulary: Vocabulary): Buffer {
  const hash = createHash('sha256');
  const length = Buffer.alloc(2);
  for (let token = 0; token < vocabulary.size; token++) {
    const text = vocabulary.bytes(token);
    length.writeUInt16LE(text.length);
    hash.update(length).update(text);
  }
  return hash.digest();
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function broken(file: string, detail: string, cause?: unknown): UserError {
  return new UserError(
    'ngram-broken',
    `${file} cannot be used (${detail}). Copy it again, or make it anew with training/ngram/build.py.`,
    { cause },
  );
}
