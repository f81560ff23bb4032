import type { DraftContext, InstantDraft, InstantSession, Proposal } from '../draft.ts';

/** Longest and shortest n-gram that is looked up. One token alone recurs too often to mean anything. */
const LONGEST = 4;
const SHORTEST = 2;

/**
 * Prompt lookup: finds the last earlier place of the n-gram that ends the text, longest n first, and
 * copies what followed there (Saxena, "Prompt Lookup Decoding", 2023).
 */
export class LookupDraft implements InstantDraft {
  readonly id = 'lookup';
  readonly languages: readonly string[] = [];

  open(context: DraftContext): InstantSession {
    const session = new LookupSession();
    session.commit(context.prompt);
    return session;
  }
}

class LookupSession implements InstantSession {
  readonly instant = true;
  private readonly tokens: number[] = [];
  /** For each n, n-gram → position after its latest occurrence that is followed by something. */
  private readonly after: Map<string, number>[] = Array.from({ length: LONGEST + 1 }, () => new Map());

  commit(tokens: readonly number[]): void {
    for (const token of tokens) {
      // The n-grams that end here are entered only now that a follower exists.
      const end = this.tokens.length;
      for (let n = SHORTEST; n <= LONGEST && n <= end; n++) this.after[n]!.set(this.key(n), end);
      this.tokens.push(token);
    }
  }

  matchLength(): number {
    return this.find()?.length ?? 0;
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    const found = this.find();
    if (!found) return { tokens: [] };
    return { tokens: this.tokens.slice(found.position, found.position + limit) };
  }

  private find(): { position: number; length: number } | undefined {
    for (let n = Math.min(LONGEST, this.tokens.length); n >= SHORTEST; n--) {
      const position = this.after[n]!.get(this.key(n));
      if (position !== undefined) return { position, length: n };
    }
    return undefined;
  }

  private key(n: number): string {
    return this.tokens.slice(this.tokens.length - n).join(',');
  }
}
