import { GrowingText, type TextRules } from './growingText.ts';
import type { Vocabulary } from './target.ts';

/** Why decoding ended. */
export type Finish = 'stop' | 'line' | 'length' | 'cancelled';

/** When to end. Rules are looked at token by token, so they cannot depend on how tokens were drafted. */
export interface StopRules extends TextRules {
  /** Tokens that end the text and are not part of it. */
  readonly endTokens: ReadonlySet<number>;
  /** The most tokens to generate (≥ 1). */
  readonly maxTokens: number;
}

/** Turns committed tokens into text and says when it is complete. */
export class Output {
  /** A byte order mark that the model writes is text like any other. */
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly grown: GrowingText;
  private skip: number;
  private count = 0;

  /** @param skip bytes at the start that the user has typed already (token healing). */
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly rules: StopRules,
    skip = 0,
  ) {
    this.grown = new GrowingText(rules);
    this.skip = skip;
  }

  /** Text so far, complete characters only. */
  get text(): string {
    return this.grown.text;
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
    const end = this.grown.append(this.decoder.decode(bytes, { stream: true }));
    return end ?? (this.count >= this.rules.maxTokens ? 'length' : undefined);
  }

  /** As {@link GrowingText.abandon}. */
  abandon(): void {
    this.grown.abandon();
  }

  /** As {@link GrowingText.take}. */
  take(final: boolean): string {
    return this.grown.take(final);
  }
}
