import { LONGEST_MATCH } from '../drafts/copying/ringMatch.ts';
import type { Tally } from './tally.ts';

/**
 * The text of one request, prompt and output so far, with a chain from each token to where it stood before (the window of
 * Lempel and Ziv, 1977): every place where the end of the text stood before can be visited, the newest first.
 */
export class OwnText {
  /** The text in tokens; what lies behind {@link length} is not part of it. */
  tokens: Int32Array;
  length = 0;
  /** For each token the position after the one before that is equal; 0 for the first. */
  private before: Int32Array;
  private readonly last = new Map<number, number>();

  constructor(prompt: readonly number[], room = 128) {
    this.tokens = new Int32Array(prompt.length + room);
    this.before = new Int32Array(prompt.length + room);
    for (const token of prompt) this.push(token);
  }

  push(token: number): void {
    if (this.length === this.tokens.length) {
      this.tokens = grown(this.tokens);
      this.before = grown(this.before);
    }
    this.tokens[this.length] = token;
    this.before[this.length] = this.last.get(token) ?? 0;
    this.length++;
    this.last.set(token, this.length);
  }

  /** Note every place where at least the last token stood before. */
  survey(tally: Tally): void {
    const end = this.length;
    if (end === 0) return;
    for (let after = this.before[end - 1]!; after > 0 && !tally.full; after = this.before[after - 1]!) {
      let length = 1;
      const most = Math.min(after, LONGEST_MATCH);
      while (length < most && this.tokens[after - 1 - length] === this.tokens[end - 1 - length]) length++;
      tally.add(this.tokens[after]!, length, end - after);
    }
  }
}

function grown(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
