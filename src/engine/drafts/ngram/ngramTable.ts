/** What an n-gram table says of the next token. */
export interface Guess {
  readonly token: number;
  /** How often guesses of this order and certainty were right when the table was made. */
  readonly probability: number;
  /** Tokens of context that the guess rests on. */
  readonly order: number;
}

/** The parts of a table as its file holds them; `training/ngram/table.py` says what they mean. */
export interface NgramParts {
  readonly vocabulary: number;
  readonly orders: number;
  readonly bucketBits: number;
  /** [orders × LEVELS] */
  readonly probabilities: Float32Array;
  /** Entries of each bucket, [2 ** bucketBits]. */
  readonly counts: Uint8Array;
  /** [entries] each. */
  readonly tokens: Uint16Array;
  readonly marks: Uint16Array;
}

const LEVEL_BITS = 5;
export const LEVELS = 1 << LEVEL_BITS;
const LEVEL_MASK = LEVELS - 1;
const LOW_BITS = 16 - LEVEL_BITS;
const LOW_MASK = (1 << LOW_BITS) - 1;
/** More tokens of context than any table looks at. */
export const MOST_ORDERS = 8;

/**
 * A hash table from the last few tokens to the likeliest next one. It holds a longer context only where that
 * changes the guess or how sure it is, so the longest context that is found decides.
 */
export class NgramTable {
  readonly orders: number;
  private readonly tokenBits: number;
  private readonly bucketShift: number;
  /** Where each bucket starts, and the end of the last. */
  private readonly starts: Uint32Array;
  /** Hash words of the contexts of 1, 2, … tokens, for one look-up at a time. */
  private readonly first = new Uint32Array(MOST_ORDERS);
  private readonly second = new Uint32Array(MOST_ORDERS);

  constructor(private readonly parts: NgramParts) {
    this.orders = parts.orders;
    this.tokenBits = tokenBits(parts.vocabulary);
    this.bucketShift = 32 - parts.bucketBits;
    this.starts = new Uint32Array(parts.counts.length + 1);
    for (let i = 0; i < parts.counts.length; i++) this.starts[i + 1] = this.starts[i]! + parts.counts[i]!;
  }

  /** The likeliest token after the last tokens of `context`, which may be of any length. */
  next(context: readonly number[]): Guess | undefined {
    const longest = Math.min(this.orders, context.length);
    this.hash(context, longest);
    for (let order = longest; order > 0; order--) {
      const entry = this.find(this.first[order - 1]!, this.second[order - 1]!);
      if (entry < 0) continue;
      const level = this.parts.marks[entry]! & LEVEL_MASK;
      return {
        token: this.parts.tokens[entry]! & ((1 << this.tokenBits) - 1),
        probability: this.parts.probabilities[(order - 1) * LEVELS + level]!,
        order,
      };
    }
    return undefined;
  }

  /** Two 32-bit words for each length of context, from the newest token to the oldest (`training/ngram/counts.py`). */
  private hash(context: readonly number[], longest: number): void {
    let a = 0x243f6a88;
    let b = 0x85a308d3;
    for (let back = 0; back < longest; back++) {
      a = Math.imul(a ^ context[context.length - 1 - back]!, 0x9e3779b1);
      a ^= a >>> 16;
      b = Math.imul(b ^ a, 0x85ebca6b);
      b ^= b >>> 13;
      this.first[back] = a;
      this.second[back] = b;
    }
  }

  /** Index of the entry with these hash words, or -1. */
  private find(a: number, b: number): number {
    const { tokens, marks } = this.parts;
    // A shift by 32 would be one by 0.
    const bucket = this.bucketShift === 32 ? 0 : a >>> this.bucketShift;
    const low = b & LOW_MASK;
    const high = (b >>> LOW_BITS) & ((1 << (16 - this.tokenBits)) - 1);
    for (let i = this.starts[bucket]!; i < this.starts[bucket + 1]!; i++) {
      if (marks[i]! >>> LEVEL_BITS === low && tokens[i]! >>> this.tokenBits === high) return i;
    }
    return -1;
  }
}

/** Bits that a token id of a vocabulary takes. */
export function tokenBits(vocabulary: number): number {
  return Math.max(1, 32 - Math.clz32(vocabulary - 1));
}
