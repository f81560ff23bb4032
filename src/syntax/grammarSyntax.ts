// This folder: reads a language's text by its TextMate grammar: what is code, string, comment, running text.

import { type IGrammar, INITIAL, type StateStack } from 'vscode-textmate';
import type { Mark, Syntax } from '../suggestion/syntax.ts';
import { markOfScopes } from './marks.ts';

/** A line that begins in a state: its marks, and the state that it leaves. */
interface Line {
  readonly marks: Uint8Array;
  readonly next: State;
}

/** A state of the grammar between two lines, and the lines that have been read in it. */
interface State {
  readonly stack: StateStack;
  readonly lines: Map<string, Line>;
  /** What a line that begins here begins with. */
  readonly mark: Mark;
}

/**
 * Longer lines are data. A limit of time in its place would make the marks depend on the machine's load: a grammar's
 * expressions are compiled when they are first needed.
 */
const mostUnits = 4_000;
/** Lines kept; then all are forgotten. */
const capacity = 20_000;
/** What is typed to learn what a place is in. */
const letter = 'x';

/**
 * Reads texts by a TextMate grammar. A line is read once in each state that it can begin in: between two keystrokes only
 * the line with the cursor changes, so the text before it costs a look-up a line.
 */
export class GrammarSyntax implements Syntax {
  private states: State[] = [];
  private kept = 0;

  constructor(private readonly grammar: IGrammar) {}

  marks(text: string): Uint8Array {
    if (this.kept > capacity) this.forget();
    const marks = new Uint8Array(text.length + 1);
    let state = this.stateOf(INITIAL);
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      if (end < 0) break;
      const line = this.read(text.slice(start, end), state);
      marks.set(line.marks, start);
      state = line.next;
      marks[end] = state.mark;
      start = end + 1;
    }
    const last = this.read(text.slice(start) + letter, state);
    marks.set(last.marks, start);
    return marks;
  }

  private read(line: string, state: State): Line {
    const known = state.lines.get(line);
    if (known) return known;
    const marks = new Uint8Array(line.length);
    if (line.length > mostUnits) return { marks: marks.fill(state.mark), next: state };
    const { tokens, ruleStack } = this.grammar.tokenizeLine(line, state.stack);
    for (const { startIndex, endIndex, scopes } of tokens) {
      marks.fill(markOfScopes(scopes), startIndex, Math.min(endIndex, line.length));
    }
    const read = { marks, next: this.stateOf(ruleStack) };
    state.lines.set(line, read);
    this.kept++;
    return read;
  }

  private stateOf(stack: StateStack): State {
    const known = this.states.find((state) => state.stack.equals(stack));
    if (known) return known;
    const { tokens } = this.grammar.tokenizeLine(letter, stack);
    const state: State = { stack, lines: new Map(), mark: markOfScopes(tokens[0]?.scopes ?? []) };
    this.states.push(state);
    return state;
  }

  private forget(): void {
    this.states = [];
    this.kept = 0;
  }
}
