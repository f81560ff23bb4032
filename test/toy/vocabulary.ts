import type { Vocabulary } from '../../src/engine/target.ts';
import type { Random } from './random.ts';

/** A vocabulary of given pieces; an empty piece is a control token. */
export function vocabularyOf(pieces: readonly (string | readonly number[])[]): Vocabulary {
  const table = pieces.map((piece) =>
    typeof piece === 'string' ? new Uint8Array(Buffer.from(piece, 'utf8')) : Uint8Array.from(piece),
  );
  return {
    size: table.length,
    bytes(token) {
      const bytes = table[token];
      if (!bytes) throw new RangeError(`asked for the bytes of token ${token}, which does not exist`);
      return bytes;
    },
  };
}

/** Token 0 ends the text; the others hold words, line ends and parts of characters of two to four bytes. */
const PIECES: readonly (string | readonly number[])[] = [
  'a',
  'b',
  'ab',
  'ba',
  ' ',
  '\n',
  '\r\n',
  '\r',
  'a\nb',
  'é',
  '→',
  '🚀',
  [0xc3],
  [0xa9],
  [0xe2, 0x86],
  [0x92],
  [0xf0, 0x9f],
  [0x9a, 0x80],
  [0x80],
  [0xff],
  '\ufeff',
];

/** A control token and a random choice of pieces. */
export function randomVocabulary(random: Random): Vocabulary {
  const count = random.int(2, PIECES.length);
  const start = random.int(0, PIECES.length - 1);
  const pieces = Array.from({ length: count }, (_, i) => PIECES[(start + i * 5) % PIECES.length]!);
  return vocabularyOf(['', ...new Set(pieces)]);
}

/** All bytes of a sequence of tokens. */
export function bytesOf(vocabulary: Vocabulary, tokens: readonly number[]): Buffer {
  return Buffer.concat(tokens.map((token) => vocabulary.bytes(token)));
}
