import type { Sampler } from './sampling.ts';
import type { Need, Scores, Vocabulary } from './target.ts';

/** A cursor is seldom further than this many tokens from where the model would have set a border. */
const MOST_TOKENS = 4;

/** A prompt whose end was cut back to a border of tokens, and the bytes that the output must start with. */
export interface HealedPrompt {
  readonly tokens: readonly number[];
  readonly required: Uint8Array;
}

/**
 * Looks up tokens by the bytes they start with. Built once per vocabulary.
 */
export class TokenTrie {
  private readonly sorted: { token: number; bytes: Uint8Array }[] = [];

  constructor(private readonly vocabulary: Vocabulary) {
    for (let token = 0; token < vocabulary.size; token++) {
      const bytes = vocabulary.bytes(token);
      if (bytes.length > 0) this.sorted.push({ token, bytes });
    }
    this.sorted.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  }

  /** Whether some token starts with `bytes` and goes on behind them. */
  extends(bytes: Uint8Array): boolean {
    for (let i = this.lowerBound(bytes); i < this.sorted.length; i++) {
      const candidate = this.sorted[i]!.bytes;
      if (!startsWith(candidate, bytes)) return false;
      if (candidate.length > bytes.length) return true;
    }
    return false;
  }

  /**
   * Tokens that can stand first in a text that starts with `bytes`: those that start with them, and their own
   * beginnings after which other tokens can make the rest.
   */
  compatible(bytes: Uint8Array): number[] {
    const tokens: number[] = [];
    for (let i = this.lowerBound(bytes); i < this.sorted.length; i++) {
      if (!startsWith(this.sorted[i]!.bytes, bytes)) break;
      tokens.push(this.sorted[i]!.token);
    }
    const known = new Map<number, boolean>();
    for (let length = 1; length < bytes.length; length++) {
      const part = this.exactly(bytes.subarray(0, length));
      if (part.length > 0 && this.reachable(bytes, length, known)) tokens.push(...part);
    }
    return tokens;
  }

  /** Whether tokens can make the bytes from `from` on, and perhaps more. */
  private reachable(bytes: Uint8Array, from: number, known: Map<number, boolean>): boolean {
    const before = known.get(from);
    if (before !== undefined) return before;
    const rest = bytes.subarray(from);
    const next = this.sorted[this.lowerBound(rest)];
    let found = next !== undefined && startsWith(next.bytes, rest);
    for (let length = 1; length < rest.length && !found; length++) {
      const exists = this.exactly(rest.subarray(0, length)).length > 0;
      found = exists && this.reachable(bytes, from + length, known);
    }
    known.set(from, found);
    return found;
  }

  /** Tokens of exactly these bytes. */
  private exactly(bytes: Uint8Array): number[] {
    const tokens: number[] = [];
    for (let i = this.lowerBound(bytes); i < this.sorted.length; i++) {
      if (Buffer.compare(this.sorted[i]!.bytes, bytes) !== 0) break;
      tokens.push(this.sorted[i]!.token);
    }
    return tokens;
  }

  /** Cut a prompt back where its last tokens could be the beginning of one longer token. */
  heal(prompt: readonly number[]): HealedPrompt {
    let best = 0;
    let required: Uint8Array = new Uint8Array();
    let bytes: Uint8Array = new Uint8Array();
    // One token must stay: decoding starts from a last token of the prompt.
    for (let n = 1; n <= Math.min(MOST_TOKENS, prompt.length - 1); n++) {
      const piece = this.vocabulary.bytes(prompt[prompt.length - n]!);
      if (piece.length === 0) break;
      bytes = Buffer.concat([piece, bytes]);
      if (this.extends(bytes)) {
        best = n;
        required = bytes;
      }
    }
    return { tokens: prompt.slice(0, prompt.length - best), required };
  }

  private lowerBound(bytes: Uint8Array): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.sorted[middle]!.bytes, bytes) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Chooses among tokens that agree with the bytes still required; after that it is `inner` unchanged. */
export class HealingSampler implements Sampler {
  private required: Uint8Array;
  private allowed: number[] | undefined;

  constructor(
    private readonly inner: Sampler,
    private readonly trie: TokenTrie,
    private readonly vocabulary: Vocabulary,
    required: Uint8Array,
  ) {
    this.required = required;
  }

  need(): Need {
    return this.required.length > 0 ? 'logits' : this.inner.need();
  }

  choose(scores: Scores, row: number): number {
    if (this.required.length === 0) return this.inner.choose(scores, row);
    this.allowed ??= this.trie.compatible(this.required).sort((a, b) => a - b);
    return this.inner.choose(scores, row, this.allowed);
  }

  commit(token: number): void {
    if (this.required.length > 0) {
      this.required = this.required.subarray(this.vocabulary.bytes(token).length);
      this.allowed = undefined;
    }
    this.inner.commit(token);
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}
