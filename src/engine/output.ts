import type { Vocabulary } from './target.ts';

/** Why decoding ended. */
export type Finish = 'stop' | 'line' | 'length' | 'cancelled';

/** When to end. Rules are looked at token by token, so they cannot depend on how tokens were drafted. */
export interface StopRules {
  /** Tokens that end the text and are not part of it. */
  readonly endTokens: ReadonlySet<number>;
  /** The most tokens to generate (≥ 1). */
  readonly maxTokens: number;
  /** End before the first line break. */
  readonly singleLine: boolean;
  /** End before the first of these. */
  readonly stopStrings: readonly string[];
}

/** Turns committed tokens into text and says when it is complete. */
export class Output {
  /** A byte order mark that the model writes is text like any other. */
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private whole = '';
  private shown = 0;
  private skip: number;
  private count = 0;

  /** @param skip bytes at the start that the user has typed already (token healing). */
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly rules: StopRules,
    skip = 0,
  ) {
    this.skip = skip;
  }

  /** Text so far, complete characters only. */
  get text(): string {
    return this.whole;
  }

  /** Tokens so far. The end token does not count. */
  get tokens(): number {
    return this.count;
  }

  /** Take one token. A returned reason means that the text is complete. */
  push(token: number): Finish | undefined {
    if (this.rules.endTokens.has(token)) return 'stop';
    this.count++;
    let bytes = this.vocabulary.bytes(token);
    const skipped = Math.min(this.skip, bytes.length);
    this.skip -= skipped;
    bytes = bytes.subarray(skipped);
    const from = this.whole.length;
    this.whole += this.decoder.decode(bytes, { stream: true });
    const end = this.findEnd(from);
    if (end) {
      this.whole = this.whole.slice(0, end.at);
      return end.finish;
    }
    return this.count >= this.rules.maxTokens ? 'length' : undefined;
  }

  /** End here without knowing what would follow: text that might yet have been taken back is dropped. */
  abandon(): void {
    this.whole = this.whole.slice(0, this.whole.length - this.held());
  }

  /**
   * Text that has come since the last call and can no longer be taken back. A beginning of a stop string or
   * of a line break is held until it is clear what follows; at the end `final` releases it.
   */
  take(final: boolean): string {
    const end = final ? this.whole.length : this.whole.length - this.held();
    if (end <= this.shown) return '';
    const piece = this.whole.slice(this.shown, end);
    this.shown = end;
    return piece;
  }

  private findEnd(from: number): { at: number; finish: Finish } | undefined {
    let found: { at: number; finish: Finish } | undefined;
    const consider = (at: number, finish: Finish) => {
      if (at >= 0 && (!found || at < found.at)) found = { at, finish };
    };
    for (const stop of this.rules.stopStrings) {
      consider(this.whole.indexOf(stop, Math.max(0, from - stop.length + 1)), 'stop');
    }
    if (this.rules.singleLine) consider(lineBreak(this.whole, Math.max(0, from - 1)), 'line');
    return found;
  }

  private held(): number {
    let longest = this.rules.singleLine && this.whole.endsWith('\r') ? 1 : 0;
    for (const stop of this.rules.stopStrings) {
      for (let n = Math.min(stop.length - 1, this.whole.length); n > longest; n--) {
        if (stop.startsWith(this.whole.slice(-n))) longest = n;
      }
    }
    return longest;
  }
}

/** Where the first line break at or after `from` starts (its `\r` counts), or −1. */
function lineBreak(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at > 0 && text[at - 1] === '\r' ? at - 1 : at;
}
