import type { DraftContext, InstantDraft, InstantSession, Proposal } from './draft.ts';
import { IndexMatcher } from './indexMatcher.ts';
import { SuffixAutomaton } from './suffixAutomaton.ts';
import type { SuffixIndex } from './suffixIndex.ts';
import { SuffixMatcher } from './suffixMatcher.ts';

/**
 * Copies what followed the longest suffix of the text that occurred before: in the prompt and the output so
 * far, or in the index of other texts (the idea of SAM-Decoding, Hu et al., 2024).
 */
export class SuffixDraft implements InstantDraft {
  readonly id = 'suffix';
  readonly languages: readonly string[] = [];

  constructor(private readonly index?: SuffixIndex) {}

  open(context: DraftContext): InstantSession {
    const session = new SuffixSession(this.index);
    session.commit(context.prompt);
    return session;
  }
}

class SuffixSession implements InstantSession {
  readonly instant = true;
  private readonly own = new SuffixAutomaton();
  private readonly near = new SuffixMatcher(this.own);
  private readonly far: IndexMatcher | undefined;

  constructor(index: SuffixIndex | undefined) {
    this.far = index && new IndexMatcher(index);
  }

  commit(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.near.advance(token);
      this.own.push(token);
      this.far?.advance(token);
    }
  }

  matchLength(): number {
    return this.best().length;
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    const best = this.best();
    const tokens = best.continuation(limit);
    // The far text may end right behind the match; the near one may still have something to say.
    return { tokens: tokens.length > 0 ? tokens : this.near.continuation(limit) };
  }

  private best(): SuffixMatcher | IndexMatcher {
    return this.far && this.far.length > this.near.length ? this.far : this.near;
  }
}
