/** What one verification pass brings back: a row for each scored token. Valid until the next pass. */
export interface Scores {
  /** Number of rows, equal to the number of tokens scored. */
  readonly rows: number;
  /** The most likely next token after row `row` (ties go to the smaller id). */
  argmax(row: number): number;
  /**
   * Logits of row `row`, shape [vocabulary]. Only there when the pass was asked for `logits`. A caller that changes them puts
   * them back.
   */
  logits(row: number): Float32Array;
}

/** What a pass must bring back: argmax alone is cheaper, since no logits are written; with logits it is there as well. */
export type Need = 'nothing' | 'argmax' | 'logits';

/**
 * The model whose output is the product. It holds the keys and values (KV) of `length` tokens.
 * Results must not depend on how tokens were split into passes.
 */
export interface Target {
  /** Tokens whose KV is held. */
  readonly length: number;
  /** The most tokens that can be held and scored together. */
  readonly contextLength: number;
  /**
   * Keep the KV of the longest common prefix of what is held and `tokens`; forget the rest.
   * @returns the number of tokens kept.
   */
  resume(tokens: readonly number[]): number;
  /** Append `block` (1 … contextLength − length tokens) and bring back one row for each of them. */
  score(block: readonly number[], need: Need): Promise<Scores>;
  /** Forget all tokens from position `length` on. */
  truncate(length: number): void;
}

/** The text behind token ids, as bytes, because a token may hold part of a character. */
export interface Vocabulary {
  readonly size: number;
  /** UTF-8 bytes of a token; empty for special tokens, which have no text. */
  bytes(token: number): Uint8Array;
}
