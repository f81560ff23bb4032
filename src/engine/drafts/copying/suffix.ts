// This folder: drafts that copy from the prompt and the index, and the index itself.

import {
  type DraftContext,
  FAR_ENOUGH,
  type InstantDraft,
  type InstantSession,
  noSupport,
  type Proposal,
  type Support,
} from '../draft.ts';
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
    const session = new SuffixSession(this.index, context.own);
    session.commit(context.prompt);
    return session;
  }
}

class SuffixSession implements InstantSession {
  readonly instant = true;
  private readonly automaton = new SuffixAutomaton();
  private readonly near = new SuffixMatcher(this.automaton);
  private readonly own = noSupport();
  private readonly far: IndexMatcher | undefined;

  constructor(index: SuffixIndex | undefined, own: string | undefined) {
    this.far = index && new IndexMatcher(index, own);
  }

  commit(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.near.advance(token);
      this.automaton.push(token);
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
    const { near, far } = this;
    const best = this.best();
    const said = best.continuation(limit);
    // The far text may end right behind the match; the near one may still have something to say.
    const tokens = said.length > 0 ? said : near.continuation(limit);
    this.own.copied = tokens.length;
    this.own.far = best === far && said.length > 0 ? 1 : 0;
    return { tokens };
  }

  /** Looked up only when it is asked for: the other source has to be followed too. */
  support(): Support {
    const { near, far, own } = this;
    if (!far) return own;
    own.places = far.count;
    own.agreeing = far.agreeing;
    own.along = far.along;
    own.second = own.far ? near.length : far.length;
    own.echoed = alike(near.continuation(FAR_ENOUGH), far.continuation(FAR_ENOUGH));
    return own;
  }

  private best(): SuffixMatcher | IndexMatcher {
    return this.far && this.far.length > this.near.length ? this.far : this.near;
  }
}

/** Tokens at the start of both that agree. */
function alike(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
