import type { Vocabulary } from '../../target.ts';
import { Joints } from './joints.ts';

/** The text side of a model's tokenizer. */
export interface TextTokenizer {
  readonly vocabulary: Vocabulary;
  /** Tokens of plain text, nothing added in front or behind but what the tokenizer cannot leave out. */
  encode(text: string): number[];
}

/** A text in tokens. */
export interface Spelling {
  readonly tokens: readonly number[];
  /** How many of them, from the start, no later text can change. */
  readonly settled: number;
}

/** Pieces whose spelling is remembered; a piece is a word with its space, some punctuation, an indentation. */
const MOST_PIECES = 20_000;
/** Longer pieces are rare and seldom come again. */
const LONGEST_PIECE = 48;
/** Put in front of a piece where the tokenizer would add something of its own to the start of a text. */
const ANCHORS = ['', '\n', 'a\n', ' ', 'a'];
/** What an anchor must leave as it is to be taken. */
const SAMPLES = ['word', ' word', '\n  x', '(', '0', '=='];

/**
 * Spells text in the tokens of one vocabulary as its tokenizer would, in a time that goes with the text that is new: cut at
 * borders that are settled, each piece is looked up among those that were spelled before.
 *
 * Every spelling is checked against the bytes it stands for. Where the tokenizer changes the text (lower case, another
 * normal form) or is given part of a character, the longest tokens that fit are taken instead; bytes that the vocabulary has no
 * token for end the spelling.
 */
export class Speller {
  readonly vocabulary: Vocabulary;
  private readonly joints: Joints;
  private readonly pieces = new Map<string, readonly number[]>();
  private readonly anchor: { readonly text: string; readonly tokens: readonly number[] } | undefined;
  private byBytes: ReadonlyMap<string, number> | undefined;
  private longest = 0;

  constructor(private readonly tokenizer: TextTokenizer) {
    this.vocabulary = tokenizer.vocabulary;
    this.joints = new Joints(tokenizer.vocabulary);
    this.anchor = ANCHORS.map((text) => ({ text, tokens: tokenizer.encode(text) })).find((anchor) =>
      SAMPLES.every((sample) => this.behind(anchor, sample) !== undefined),
    );
  }

  /** Whether every spelling has a border between these two neighbouring bytes. */
  settled(before: number, after: number): boolean {
    return this.joints.settled(before, after);
  }

  /** The last border in `bytes` at or before `at` that every spelling has; 0 where there is none. */
  lastSettled(bytes: Uint8Array, at: number): number {
    return this.joints.lastSettled(bytes, at);
  }

  /** Bytes of a token; none for one that has no text. */
  bytes(token: number): Uint8Array {
    return this.vocabulary.bytes(token);
  }

  /**
   * Tokens of a text given as UTF-8, which may begin or end inside a character. They spell its beginning, and all of it wherever
   * the vocabulary can.
   */
  spell(bytes: Uint8Array): Spelling {
    const tokens: number[] = [];
    let settled = 0;
    for (let start = 0; start < bytes.length; ) {
      let end = start + 1;
      while (end < bytes.length && !this.joints.settled(bytes[end - 1]!, bytes[end]!)) end++;
      const piece = bytes.subarray(start, end);
      const spelled = this.piece(piece);
      tokens.push(...spelled);
      if (lengthOf(spelled, this.vocabulary) < piece.length) break;
      if (end < bytes.length) settled = tokens.length;
      start = end;
    }
    return { tokens, settled };
  }

  private piece(bytes: Uint8Array): readonly number[] {
    if (bytes.length > LONGEST_PIECE) return this.spellPiece(bytes);
    const key = latin1(bytes);
    const known = this.pieces.get(key);
    if (known) return known;
    const spelled = this.spellPiece(bytes);
    // Forgetting everything now and then costs less than keeping an order.
    if (this.pieces.size >= MOST_PIECES) this.pieces.clear();
    this.pieces.set(key, spelled);
    return spelled;
  }

  private spellPiece(bytes: Uint8Array): readonly number[] {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    const whole = !text.includes('\ufffd') || Buffer.compare(Buffer.from(text), bytes) === 0;
    const spelled = whole && this.anchor ? this.behind(this.anchor, text) : undefined;
    return spelled ?? this.longestFirst(bytes);
  }

  /** Tokens of `text` behind an anchor; undefined where they do not stand for just this text. */
  private behind(
    { text: before, tokens: first }: { readonly text: string; readonly tokens: readonly number[] },
    text: string,
  ): readonly number[] | undefined {
    const tokens = this.tokenizer.encode(before + text);
    for (let i = 0; i < first.length; i++) if (tokens[i] !== first[i]) return undefined;
    const rest = tokens.slice(first.length);
    return spellsOut(rest, Buffer.from(text), this.vocabulary) ? rest : undefined;
  }

  /** The longest token that fits, again and again; it ends where none does. */
  private longestFirst(bytes: Uint8Array): number[] {
    this.byBytes ??= this.tokensByBytes();
    const tokens: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      let length = Math.min(this.longest, bytes.length - at);
      let token: number | undefined;
      for (; length > 0 && token === undefined; length--) {
        token = this.byBytes.get(latin1(bytes.subarray(at, at + length)));
        if (token !== undefined) break;
      }
      if (token === undefined) break;
      tokens.push(token);
      at += length;
    }
    return tokens;
  }

  private tokensByBytes(): ReadonlyMap<string, number> {
    const map = new Map<string, number>();
    for (let token = 0; token < this.vocabulary.size; token++) {
      const bytes = this.vocabulary.bytes(token);
      const key = latin1(bytes);
      if (bytes.length === 0 || map.has(key)) continue;
      map.set(key, token);
      this.longest = Math.max(this.longest, bytes.length);
    }
    return map;
  }
}

/** Bytes of all tokens together. */
export function lengthOf(tokens: readonly number[], vocabulary: Vocabulary): number {
  let length = 0;
  for (const token of tokens) length += vocabulary.bytes(token).length;
  return length;
}

/** The text of tokens, as bytes. */
export function textOf(tokens: readonly number[], vocabulary: Vocabulary): Uint8Array {
  const bytes = new Uint8Array(lengthOf(tokens, vocabulary));
  let at = 0;
  for (const token of tokens) {
    bytes.set(vocabulary.bytes(token), at);
    at += vocabulary.bytes(token).length;
  }
  return bytes;
}

/** Whether tokens, each with a text of its own, stand for just these bytes. */
function spellsOut(tokens: readonly number[], bytes: Uint8Array, vocabulary: Vocabulary): boolean {
  let at = 0;
  for (const token of tokens) {
    const own = vocabulary.bytes(token);
    if (own.length === 0 || at + own.length > bytes.length) return false;
    for (let i = 0; i < own.length; i++) if (own[i] !== bytes[at + i]) return false;
    at += own.length;
  }
  return at === bytes.length;
}

/** A string with a character for each byte: a key for maps. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
