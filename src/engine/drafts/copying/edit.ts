import type { DraftContext, InstantDraft, InstantSession, Proposal } from '../draft.ts';
import { Substitutions } from './substitutions.ts';

/** Tokens that must agree for the pointer to jump far: fewer would take it to any bracket or comma. */
const ANCHOR = 3;
/** How far behind and ahead of the pointer it looks for its place, in tokens. */
const LOOK_BACK = 16;
const LOOK_AHEAD = 256;
/** Tokens of the original that a change near the pointer may have replaced, the likeliest number first. */
const NEAR = [1, 0, 2, 3];
/** Tokens that must agree after a change before it is taken for one that will come again. */
const CONFIRMED = 2;

/**
 * While a text is being rewritten, the original is the draft: a pointer walks along it and finds its place again after
 * a change (the idea of EfficientEdit's reuse, 2025). A change that was seen once, a renamed variable for instance, is
 * expected to come again where the same tokens stand.
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
  /** Tokens in a row that were as expected. */
  private agreed = 0;
  /** Output since it left the original; empty while it follows. */
  private strayed: number[] = [];
  /** The newest tokens of the output, for finding the place again. */
  private recent: number[] = [];
  private readonly substitutions = new Substitutions();
  /** A change that is not confirmed yet. */
  private change: { readonly from: readonly number[]; readonly to: readonly number[] } | undefined;
  /** Tokens of a substitution that are still to come. */
  private pending: readonly number[] = [];

  constructor(private readonly original: readonly number[]) {}

  commit(tokens: readonly number[]): void {
    for (const token of tokens) this.take(token);
  }

  matchLength(): number {
    if (this.pointer >= this.original.length && this.pending.length === 0) return 0;
    // Before the first token and behind a change the original is a guess worth one token at least.
    return Math.max(1, this.agreed);
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    // The likeliest change is that one token was replaced.
    const from = this.strayed.length > 0 ? this.pointer + 1 : this.pointer;
    const tokens = [...this.pending];
    for (let at = from; at < this.original.length && tokens.length < limit; ) {
      const known = this.substitutions.at(this.original, at);
      if (known) tokens.push(...known.to);
      else tokens.push(this.original[at]!);
      at += known?.from.length ?? 1;
    }
    return { tokens: tokens.slice(0, limit) };
  }

  private take(token: number): void {
    this.recent = [...this.recent.slice(1 - ANCHOR), token];
    if (this.strayed.length === 0 && this.follow(token)) {
      this.agreed++;
      if (this.agreed >= CONFIRMED && this.change) {
        this.substitutions.learn(this.change.from, this.change.to);
        this.change = undefined;
      }
      return;
    }
    this.pending = [];
    this.change = undefined;
    this.agreed = 0;
    this.strayed.push(token);
    this.findPlace(token);
  }

  /** Whether the token is the one expected, changes that are known included. */
  private follow(token: number): boolean {
    if (this.pending.length > 0) {
      if (this.pending[0] !== token) return false;
      this.pending = this.pending.slice(1);
      return true;
    }
    const known = this.substitutions.at(this.original, this.pointer);
    if (known && known.to[0] === token) {
      this.pointer += known.from.length;
      this.pending = known.to.slice(1);
      return true;
    }
    if (this.original[this.pointer] !== token) return false;
    if (known) this.substitutions.forget(known.from);
    this.pointer++;
    return true;
  }

  /** Look for the place that the output has come back to: near by one token, far away by several. */
  private findPlace(token: number): void {
    if (this.strayed.length > 1) {
      for (const replaced of NEAR) {
        if (this.original[this.pointer + replaced] === token) {
          this.resume(this.pointer + replaced + 1, 1);
          return;
        }
      }
    }
    const end = this.anchoredEnd();
    if (end !== undefined) this.resume(end, ANCHOR);
  }

  /** The nearest place behind the last tokens of the output; those ahead come before those behind. */
  private anchoredEnd(): number | undefined {
    const last = Math.min(this.original.length, this.pointer + LOOK_AHEAD);
    for (let end = this.pointer + 1; end <= last; end++) if (this.anchored(end)) return end;
    const first = this.pointer - LOOK_BACK;
    for (let end = this.pointer; end >= first; end--) if (this.anchored(end)) return end;
    return undefined;
  }

  private anchored(end: number): boolean {
    if (this.recent.length < ANCHOR || end < ANCHOR) return false;
    return this.recent.every((token, i) => token === this.original[end - ANCHOR + i]);
  }

  /** Go on from `pointer`, `agreed` tokens before which are as in the original. */
  private resume(pointer: number, agreed: number): void {
    const from = this.original.slice(this.pointer, Math.max(this.pointer, pointer - agreed));
    const to = this.strayed.slice(0, Math.max(0, this.strayed.length - agreed));
    this.change = { from, to };
    this.pointer = pointer;
    this.agreed = agreed;
    this.strayed = [];
  }
}
