import type { SuffixAutomaton } from './suffixAutomaton.ts';

/** Follows a text through an automaton and knows the longest suffix of the text that occurs there. */
export class SuffixMatcher {
  private state = 0;
  private matched = 0;
  private position = 0;

  constructor(private readonly automaton: SuffixAutomaton) {}

  /** Length in tokens of the present match. */
  get length(): number {
    return this.matched;
  }

  /** Take the next token of the text, matching it against what the automaton holds now. */
  advance(token: number): void {
    const automaton = this.automaton;
    this.settle();
    let next = automaton.step(this.state, token);
    while (next < 0 && this.state !== 0) {
      this.state = automaton.suffixOf(this.state);
      this.matched = automaton.lengthOf(this.state);
      next = automaton.step(this.state, token);
    }
    if (next < 0) {
      this.matched = 0;
      return;
    }
    this.state = next;
    this.matched++;
    // Read now: when the text itself is pushed into the automaton, the newest place becomes the text's own end.
    this.position = automaton.endOf(next);
  }

  /** What followed the match where it occurred last, up to `limit` tokens. */
  continuation(limit: number): number[] {
    return this.matched === 0 ? [] : this.automaton.slice(this.position, limit);
  }

  /** The automaton may have grown, and the state may have been split above the matched length. */
  private settle(): void {
    const automaton = this.automaton;
    while (this.state !== 0 && this.matched <= automaton.lengthOf(automaton.suffixOf(this.state))) {
      this.state = automaton.suffixOf(this.state);
    }
  }
}
