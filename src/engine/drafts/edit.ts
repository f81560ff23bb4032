import type { DraftContext, InstantDraft, InstantSession, Proposal } from './draft.ts';

/** Tokens that must agree for the pointer to jump: fewer would take it to any bracket or comma. */
const ANCHOR = 3;
/** How far behind and ahead of the pointer it looks for its place, in tokens. */
const LOOK_BACK = 16;
const LOOK_AHEAD = 256;

/**
 * While a text is being rewritten, the original is the draft: a pointer walks along it, stays where something
 * is inserted, and finds its place again after a divergence (the idea of EfficientEdit's reuse, 2025).
 */
export class EditDraft implements InstantDraft {
  readonly id = 'edit';
  readonly languages: readonly string[] = [];

  open({ original = [] }: DraftContext): InstantSession {
    return new EditSession(original);
  }
}

class EditSession implements InstantSession {
  readonly instant = true;
  /** The next token of the original that is expected. */
  private pointer = 0;
  /** Tokens in a row that were as in the original. */
  private agreed = 0;
  /** The newest tokens of the output, for finding the place again. */
  private readonly recent: number[] = [];

  constructor(private readonly original: readonly number[]) {}

  commit(tokens: readonly number[]): void {
    for (const token of tokens) this.take(token);
  }

  matchLength(): number {
    if (this.pointer >= this.original.length) return 0;
    // Before the first token and behind an insertion the original is a guess worth one token at least.
    return Math.max(1, this.agreed);
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    return { tokens: this.original.slice(this.pointer, this.pointer + limit) };
  }

  private take(token: number): void {
    this.recent.push(token);
    if (this.recent.length > ANCHOR) this.recent.shift();
    if (this.original[this.pointer] === token) {
      this.pointer++;
      this.agreed++;
      return;
    }
    this.agreed = 0;
    const found = this.findPlace();
    if (found === undefined) return;
    this.pointer = found;
    this.agreed = ANCHOR;
  }

  /** The nearest place behind the last tokens of the output; those ahead come before those behind. */
  private findPlace(): number | undefined {
    if (this.recent.length < ANCHOR) return undefined;
    const fits = (end: number) =>
      end >= ANCHOR && this.recent.every((token, i) => token === this.original[end - ANCHOR + i]);
    const last = Math.min(this.original.length, this.pointer + LOOK_AHEAD);
    for (let end = this.pointer + 1; end <= last; end++) if (fits(end)) return end;
    for (let end = this.pointer; end >= this.pointer - LOOK_BACK; end--) if (fits(end)) return end;
    return undefined;
  }
}
