/** So many first tokens in common are more than a header, and worth keeping a text for. */
const COMMON = 64;

/**
 * Which tokens the slots of a cache hold. A prompt goes on in the slot whose text it shares more with than a header;
 * another text takes the slot that was not used for longest, so that going back to one of the last few files finds it.
 */
export class HeldTexts {
  private readonly texts: { tokens: number[]; used: number }[];
  private slot = 0;
  private clock = 0;

  /** @param slots texts that are held at once, at least one. */
  constructor(slots: number) {
    this.texts = Array.from({ length: slots }, () => ({ tokens: [], used: 0 }));
  }

  /** The text in use; to be appended to. */
  get current(): number[] {
    return this.texts[this.slot]!.tokens;
  }

  /** Keep the first tokens of the text in use. Without any, all other texts are forgotten as well. */
  truncate(length: number): void {
    if (length < this.current.length) this.current.length = length;
    if (length === 0) for (const text of this.texts) text.tokens.length = 0;
  }

  /** Choose the slot for a prompt, and keep of it what they have in common. @returns the slot. */
  resume(tokens: readonly number[]): number {
    const common = this.texts.map((text) => commonLength(text.tokens, tokens));
    const best = common.indexOf(Math.max(...common));
    const worth = Math.min(COMMON, this.texts[best]!.tokens.length, tokens.length);
    this.slot = common[best]! >= worth ? best : this.oldest();
    const chosen = this.texts[this.slot]!;
    chosen.used = ++this.clock;
    chosen.tokens.length = common[this.slot]!;
    return this.slot;
  }

  private oldest(): number {
    let oldest = 0;
    for (const [slot, { used }] of this.texts.entries()) if (used < this.texts[oldest]!.used) oldest = slot;
    return oldest;
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return common;
}
