/** What ends a text, whatever it was made of. */
export interface TextRules {
  /** End before the first line break. */
  readonly singleLine: boolean;
  /** End before the first of these. */
  readonly stopStrings: readonly string[];
}

/** A text that grows until a rule ends it. Where it ends does not depend on the pieces in which it came. */
export class GrowingText {
  private whole = '';
  private shown = 0;

  constructor(private readonly rules: TextRules) {}

  /** Text so far; nothing behind its end. */
  get text(): string {
    return this.whole;
  }

  /** Take a piece. A returned reason means that the text is complete. */
  append(piece: string): 'stop' | 'line' | undefined {
    const from = this.whole.length;
    this.whole += piece;
    const end = this.findEnd(from);
    if (end) this.whole = this.whole.slice(0, end.at);
    return end?.finish;
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

  private findEnd(from: number): { at: number; finish: 'stop' | 'line' } | undefined {
    let found: { at: number; finish: 'stop' | 'line' } | undefined;
    const consider = (at: number, finish: 'stop' | 'line') => {
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
