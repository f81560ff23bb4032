/**
 * Suffix automaton over a growing token sequence, in flat arrays (Blumer et al., 1985). It answers, in
 * amortised constant time a token, what the longest suffix of a text is that occurs in the sequence, and
 * where it ended last time.
 *
 * Several documents share one automaton through {@link separate}: no match crosses a separator.
 */
export class SuffixAutomaton {
  private sequence = new Int32Array(1024);
  private count = 0;

  /** State arrays: length of the longest string, suffix link, an end position (index after the match). */
  private length = new Int32Array(2048);
  private link = new Int32Array(2048);
  private end = new Int32Array(2048);
  private firstEdge = new Int32Array(2048);
  private states = 1;
  private last = 0;

  /** Edges as linked lists per state; the root, which has most, uses a map instead. */
  private edgeToken = new Int32Array(4096);
  private edgeTo = new Int32Array(4096);
  private edgeNext = new Int32Array(4096);
  private edges = 1;
  private readonly root = new Map<number, number>();

  constructor() {
    this.link[0] = -1;
  }

  /** Number of positions taken: tokens and separators. */
  get size(): number {
    return this.count;
  }

  /** Bytes of the arrays, for the memory limit of an index. */
  get bytes(): number {
    return 4 * (this.sequence.length + 4 * this.length.length + 3 * this.edgeToken.length);
  }

  /** Up to `limit` tokens from `position` on, not past the end of the document that holds it. */
  slice(position: number, limit: number): number[] {
    const tokens: number[] = [];
    for (let i = position; i < this.count && tokens.length < limit; i++) {
      const token = this.sequence[i]!;
      if (token < 0) break;
      tokens.push(token);
    }
    return tokens;
  }

  /** Append a token (≥ 0). */
  push(token: number): void {
    this.write(token);
    this.extend(token);
  }

  /** End a document: the next token starts a new one. */
  separate(): void {
    // Matching restarts at the root, so a match cannot run from one document into the next; the mark in the
    // sequence keeps a copied continuation from doing so.
    this.write(-1);
    this.last = 0;
  }

  /** State reached from `state` over `token`, or −1. The start state is 0. */
  step(state: number, token: number): number {
    if (state === 0) return this.root.get(token) ?? -1;
    for (let edge = this.firstEdge[state]!; edge !== 0; edge = this.edgeNext[edge]!) {
      if (this.edgeToken[edge] === token) return this.edgeTo[edge]!;
    }
    return -1;
  }

  /** The state of the longest proper suffix that stands in other contexts too; −1 for the start state. */
  suffixOf(state: number): number {
    return this.link[state]!;
  }

  /** Length of the longest string of a state. */
  lengthOf(state: number): number {
    return this.length[state]!;
  }

  /** Position just after the most recent occurrence that this state was reached by. */
  endOf(state: number): number {
    return this.end[state]!;
  }

  private write(token: number): void {
    if (this.count === this.sequence.length) this.sequence = grown(this.sequence);
    this.sequence[this.count++] = token;
  }

  private extend(token: number): void {
    const existing = this.step(this.last, token);
    if (existing >= 0) {
      // The whole document so far stands in an earlier one too.
      this.last = this.settle(this.last, token, existing);
      this.touch(this.last);
      return;
    }
    const created = this.newState(this.length[this.last]! + 1);
    let state = this.last;
    while (state >= 0 && this.step(state, token) < 0) {
      this.setEdge(state, token, created);
      state = this.link[state]!;
    }
    this.link[created] = state < 0 ? 0 : this.settle(state, token, this.step(state, token));
    this.last = created;
    this.touch(created);
  }

  /** The state for (longest string of `state`) + `token`: `next` itself, or a clone split off from it. */
  private settle(state: number, token: number, next: number): number {
    if (this.length[next] === this.length[state]! + 1) return next;
    const clone = this.newState(this.length[state]! + 1);
    this.end[clone] = this.end[next]!;
    for (let edge = this.firstEdge[next]!; edge !== 0; edge = this.edgeNext[edge]!) {
      this.setEdge(clone, this.edgeToken[edge]!, this.edgeTo[edge]!);
    }
    this.link[clone] = this.link[next]!;
    this.link[next] = clone;
    for (let from = state; from >= 0 && this.step(from, token) === next; from = this.link[from]!) {
      this.setEdge(from, token, clone);
    }
    return clone;
  }

  /** Mark the newest place of a state and of its nearest suffixes, so that copies come from recent text. */
  private touch(state: number): void {
    for (let at = state, depth = 0; at > 0 && depth < 16; at = this.link[at]!, depth++) {
      this.end[at] = this.count;
    }
  }

  private newState(length: number): number {
    if (this.states === this.length.length) {
      this.length = grown(this.length);
      this.link = grown(this.link);
      this.end = grown(this.end);
      this.firstEdge = grown(this.firstEdge);
    }
    this.length[this.states] = length;
    this.end[this.states] = this.count;
    return this.states++;
  }

  private setEdge(state: number, token: number, to: number): void {
    if (state === 0) {
      this.root.set(token, to);
      return;
    }
    for (let edge = this.firstEdge[state]!; edge !== 0; edge = this.edgeNext[edge]!) {
      if (this.edgeToken[edge] === token) {
        this.edgeTo[edge] = to;
        return;
      }
    }
    if (this.edges === this.edgeToken.length) {
      this.edgeToken = grown(this.edgeToken);
      this.edgeTo = grown(this.edgeTo);
      this.edgeNext = grown(this.edgeNext);
    }
    this.edgeToken[this.edges] = token;
    this.edgeTo[this.edges] = to;
    this.edgeNext[this.edges] = this.firstEdge[state]!;
    this.firstEdge[state] = this.edges++;
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
