import type { Vocabulary } from '../../target.ts';

const APOSTROPHE = 0x27;

/**
 * Which pairs of neighbouring bytes stand inside a token of a vocabulary. Between two bytes whose pair stands in none there
 * is a border of tokens in every spelling of the text, whatever follows: a tokenizer joins what is inside one token and nothing
 * else. Such a border is called settled here, unless the tokenizer's first cut of a text into words may depend on both sides.
 */
export class Joints {
  /** A bit for each pair. */
  private readonly bits = new Uint8Array(65536 / 8);

  /** @param vocabulary read once; about ten nanoseconds a byte. */
  constructor(vocabulary: Vocabulary) {
    for (let token = 0; token < vocabulary.size; token++) {
      const bytes = vocabulary.bytes(token);
      for (let i = 1; i < bytes.length; i++) {
        const pair = (bytes[i - 1]! << 8) | bytes[i]!;
        this.bits[pair >> 3]! |= 1 << (pair & 7);
      }
    }
  }

  /** Whether the border between two neighbouring bytes is settled. */
  settled(before: number, after: number): boolean {
    // The bytes of one character belong together even where no token of this vocabulary holds them both.
    if (isContinuation(after)) return false;
    // Tokenizers look ahead here: the last space of a run goes to the word behind it, whether a token has both or not.
    if (isSpace(before) && !isSpace(after)) return false;
    // A run of punctuation is cut off as a whole, and what a word may begin with depends on where that run ended.
    if (isPunctuation(after) && !isAlphanumeric(before)) return false;
    // What stands behind an apostrophe may be cut off with it ('s, 'll), whether a token has both or not.
    if (before === APOSTROPHE) return false;
    const pair = (before << 8) | after;
    return (this.bits[pair >> 3]! & (1 << (pair & 7))) === 0;
  }

  /** The last settled border in `bytes` at or before `at` (1 … length − 1), or 0. */
  lastSettled(bytes: Uint8Array, at: number): number {
    for (let i = Math.min(at, bytes.length - 1); i > 0; i--) {
      if (this.settled(bytes[i - 1]!, bytes[i]!)) return i;
    }
    return 0;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** A letter or digit of ASCII; what a longer character is cannot be told from one byte. */
function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Neither white space nor a letter or digit; characters beyond ASCII may be. */
function isPunctuation(byte: number): boolean {
  return !isSpace(byte) && !isAlphanumeric(byte);
}

/** Whether a byte is not the first one of its character (UTF-8, RFC 3629). */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Length in bytes of what of `bytes` is whole characters: the last one may lack some of its bytes. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (isContinuation(byte)) continue;
    const needed = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
