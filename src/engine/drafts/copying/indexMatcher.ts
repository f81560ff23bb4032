import { type IndexMatch, LONGEST_MATCH } from './ringMatch.ts';
import type { SuffixIndex } from './suffixIndex.ts';

/**
 * Follows a text and knows the longest end of it that stands in an index. Looked up only when asked, in
 * microseconds, so following a prompt costs next to nothing and the index may change at any time.
 */
export class IndexMatcher {
  /** The end of the text, enough for the longest match. */
  private tail: number[] = [];
  private found: IndexMatch | undefined;
  private known = true;
  /** Slot behind the last match, carried along while the text goes on as it does. */
  private hint = -1;

  /** @param own the name of the request's own file in the index, see {@link SuffixIndex.survey} */
  constructor(
    private readonly index: SuffixIndex,
    private readonly own?: string,
  ) {}

  /** Take the next token of the text. */
  advance(token: number): void {
    if (this.tail.length >= 4 * LONGEST_MATCH) this.tail = this.tail.slice(1 - LONGEST_MATCH);
    this.tail.push(token);
    if (this.hint >= 0) {
      const [expected] = this.index.slice(this.hint, 1);
      this.hint = expected === token ? this.index.after(this.hint) : -1;
    }
    this.known = false;
  }

  /** Length in tokens of the present match, at most {@link LONGEST_MATCH}. */
  get length(): number {
    return this.match()?.length ?? 0;
  }

  /** In how many places (of those looked at) the match stands. */
  get count(): number {
    return this.match()?.count ?? 0;
  }

  /** How many of these places go on as the continuation does: how sure its first token is. */
  get agreeing(): number {
    return this.match()?.agreeing ?? 0;
  }

  /** Tokens along which the newest two of them go on alike. */
  get along(): number {
    return this.match()?.along ?? 0;
  }

  /** What follows the match, up to `limit` tokens. */
  continuation(limit: number): number[] {
    const match = this.match();
    return match ? this.index.slice(match.next, limit) : [];
  }

  private match(): IndexMatch | undefined {
    if (!this.known) {
      this.found = this.index.find(this.tail, this.hint, this.own);
      this.hint = this.found?.next ?? -1;
      this.known = true;
    }
    return this.found;
  }
}
