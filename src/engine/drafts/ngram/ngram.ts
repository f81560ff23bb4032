// This folder: the draft on a table of the likeliest token after the last few.

import type { DraftContext, InstantDraft, InstantSession, Proposal } from '../draft.ts';
import type { NgramTable } from './ngramTable.ts';

/**
 * Guesses from a fixed table what usually follows the last few tokens. Right less often than a copy from the text, but it
 * has something to say everywhere and costs microseconds.
 */
export class NgramDraft implements InstantDraft {
  readonly id = 'ngram';
  readonly languages: readonly string[] = [];

  constructor(private readonly table: NgramTable) {}

  open(context: DraftContext): InstantSession {
    const session = new NgramSession(this.table);
    session.commit(context.prompt);
    return session;
  }
}

class NgramSession implements InstantSession {
  readonly instant = true;
  /** The newest tokens, as many as the table looks at. */
  private recent: readonly number[] = [];

  constructor(private readonly table: NgramTable) {}

  commit(tokens: readonly number[]): void {
    const { orders } = this.table;
    const newest = tokens.slice(-orders);
    this.recent = [...this.recent, ...newest].slice(-orders);
  }

  matchLength(): number {
    return this.table.next(this.recent)?.order ?? 0;
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    const text = [...this.recent];
    const probabilities: number[] = [];
    for (let i = 0; i < limit; i++) {
      const guess = this.table.next(text);
      if (!guess) break;
      text.push(guess.token);
      probabilities.push(guess.probability);
    }
    return { tokens: text.slice(this.recent.length), probabilities };
  }
}
