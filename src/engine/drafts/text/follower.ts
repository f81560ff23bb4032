import { wholeCharacters } from './joints.ts';
import type { Speller } from './speller.ts';

/** Text that may still be spelled anew is let go where it grows beyond this many bytes, as far as it is settled. */
const MOST_BYTES = 1024;

/** A token that reaches beyond what was committed. */
export interface AheadToken {
  /** Where it ends, in bytes behind what was committed (≥ 1). */
  readonly end: number;
  /** How likely it was held to be, given those before; 1 for text that is known to come. */
  readonly chance: number;
}

/**
 * The text of a request in a draft's own tokens. It is told bytes, since the target's tokens end anywhere: inside a token of
 * the draft's, inside a character. The text may run ahead of what was committed: by bytes that are known to come (the word that
 * the cursor stands in) and by guesses, which stay as long as what is committed agrees with them.
 *
 * Only the end of the text is ever spelled anew, from the last settled border on, and only when somebody asks for tokens.
 */
export class Follower {
  /** The draft's tokens. Read only. */
  readonly tokens: number[];
  /** Tokens from this index on may be spelled anew; {@link end} is their text and, behind it, text that has no tokens yet. */
  private head: number;
  private end: Uint8Array;
  /** How likely each token from {@link head} on was held to be. */
  private readonly chances: number[] = [];
  /** Offsets in {@link end}: what was committed, what is certain, and what the tokens spell. */
  private committedTo: number;
  private knownTo: number;
  private spelledTo: number;

  /**
   * @param prompt the draft's tokens of the text so far
   * @param ahead bytes at the end of that text which the target has not committed yet
   */
  constructor(
    private readonly speller: Speller,
    prompt: readonly number[],
    ahead = 0,
  ) {
    this.tokens = [...prompt];
    this.head = this.tokens.length;
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (this.head > 0 && length < MOST_BYTES) {
      const piece = speller.bytes(this.tokens[this.head - 1]!);
      const behind = pieces[0]?.[0];
      const last = piece[piece.length - 1];
      if (last === undefined) break;
      // Back to a settled border before all that is ahead: the word at the cursor may go on.
      if (behind !== undefined && length >= ahead && speller.settled(last, behind)) break;
      pieces.unshift(piece);
      length += piece.length;
      this.chances.push(1);
      this.head--;
    }
    this.end = Buffer.concat(pieces);
    this.knownTo = this.end.length;
    this.spelledTo = this.end.length;
    this.committedTo = Math.max(0, this.end.length - ahead);
  }

  /** Bytes of the known text that have no tokens yet. */
  get unspelled(): number {
    return Math.max(0, this.knownTo - this.spelledTo);
  }

  /** Bytes behind what was committed that the tokens spell: known to come, or guessed before. */
  get ahead(): Uint8Array {
    return this.end.subarray(this.committedTo, Math.max(this.committedTo, this.spelledTo));
  }

  /** The tokens that spell {@link ahead}; the first may begin before it. */
  aheadTokens(): AheadToken[] {
    const ahead: AheadToken[] = [];
    let end = this.spelledTo;
    for (let i = this.tokens.length - 1; i >= this.head && end > this.committedTo; i--) {
      ahead.push({ end: end - this.committedTo, chance: this.chances[i - this.head]! });
      end -= this.length(i);
    }
    return ahead.reverse();
  }

  /** Take over bytes that the target has committed. */
  commit(bytes: Uint8Array): void {
    let agreed = 0;
    const from = this.committedTo;
    while (agreed < bytes.length && this.end[from + agreed] === bytes[agreed]) agreed++;
    this.committedTo = from + bytes.length;
    if (agreed < bytes.length) {
      this.cut(from + agreed);
      this.end = Buffer.concat([this.end.subarray(0, from + agreed), bytes.subarray(agreed)]);
      this.knownTo = this.committedTo;
    } else {
      this.knownTo = Math.max(this.knownTo, this.committedTo);
    }
  }

  /** Bring the tokens up to the known text, but for part of a character at its end: the next token has to begin with that. */
  spell(): void {
    if (this.spelledTo >= this.knownTo) return;
    const known = this.end.subarray(0, this.knownTo);
    // Tokens before a settled border end there, however they were spelled.
    this.cut(this.speller.lastSettled(known, this.spelledTo));
    const fresh = known.subarray(this.spelledTo, wholeCharacters(known));
    for (const token of this.speller.spell(fresh).tokens) this.append(token, 1);
    this.letGo();
  }

  /**
   * Go on with a guess of the draft's behind all that is spelled.
   * @returns false, with nothing changed, where it has no text or does not agree with what is known.
   */
  guess(token: number, chance: number): boolean {
    const bytes = this.speller.bytes(token);
    if (bytes.length === 0) return false;
    const start = this.spelledTo;
    for (let i = 0; i < bytes.length && start + i < this.knownTo; i++) {
      if (this.end[start + i] !== bytes[i]) return false;
    }
    if (start + bytes.length > this.knownTo) this.end = Buffer.concat([this.end.subarray(0, start), bytes]);
    this.append(token, chance);
    return true;
  }

  private append(token: number, chance: number): void {
    this.tokens.push(token);
    this.chances.push(chance);
    this.spelledTo += this.length(this.tokens.length - 1);
  }

  /** Forget tokens that end behind `offset`. */
  private cut(offset: number): void {
    while (this.tokens.length > this.head && this.spelledTo > offset) {
      this.spelledTo -= this.length(this.tokens.length - 1);
      this.tokens.pop();
      this.chances.pop();
    }
  }

  private length(index: number): number {
    return this.speller.bytes(this.tokens[index]!).length;
  }

  /** Keep what may still be spelled anew short. */
  private letGo(): void {
    if (this.end.length < MOST_BYTES) return;
    const border = this.speller.lastSettled(this.end, Math.min(this.committedTo, this.spelledTo));
    let offset = 0;
    while (this.head < this.tokens.length && offset < border) {
      offset += this.length(this.head);
      this.head++;
      this.chances.shift();
    }
    this.end = this.end.slice(offset);
    this.committedTo -= offset;
    this.knownTo -= offset;
    this.spelledTo -= offset;
  }
}
