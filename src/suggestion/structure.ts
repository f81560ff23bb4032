import { type Kind, kindOf, levelOf, type Mark } from './syntax.ts';

/** Something that a text opens and has to close: a bracket, a string or a comment. */
export interface Open {
  readonly kind: 'bracket' | 'string' | 'comment';
  /** Where it begins. */
  readonly index: number;
}

/** Something that is closed. */
export interface Closed {
  readonly open: Open;
  /** Behind the last unit of what closes it. */
  readonly end: number;
}

/** A stretch of text, read from what was open at its beginning. */
export interface Structure {
  /** What is open at its end, outermost first. */
  readonly open: readonly Open[];
  readonly closed: readonly Closed[];
  /** Brackets that close nothing, and those that close another one than the innermost. */
  readonly surplus: readonly number[];
  readonly crossed: readonly number[];
  /** Strings that their line's end broke off. */
  readonly broken: readonly number[];
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const openers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

export function closerOf(opener: string): string | undefined {
  return closers[opener];
}

export function isCloser(char: string): boolean {
  return openers[char] !== undefined;
}

/** Reads a text's brackets, strings and comments by its marks. */
export class StructureReader {
  private readonly open: Open[];
  private strings: number;
  private readonly closed: Closed[] = [];
  private readonly surplus: number[] = [];
  private readonly crossed: number[] = [];
  private readonly broken: number[] = [];

  /** @param open what is open where the reading begins @param brackets openers that count in this language */
  constructor(
    private readonly text: string,
    private readonly marks: Uint8Array,
    private readonly brackets: string,
    open: readonly Open[] = [],
  ) {
    this.open = [...open];
    this.strings = open.filter(({ kind }) => kind === 'string').length;
  }

  /** Read the units of a range, and what the range ends in. */
  read(from: number, to: number): Structure {
    for (let i = from; i < to; i++) this.step(i);
    if (to === this.text.length) this.enter(to, this.marks[to] as Mark);
    const { open, closed, surplus, crossed, broken } = this;
    return { open, closed, surplus, crossed, broken };
  }

  private step(i: number): void {
    const mark = this.marks[i] as Mark;
    const kind = this.enter(i, mark);
    if (kind !== 'code') return;
    const char = this.text[i] as string;
    if (closers[char] !== undefined && this.brackets.includes(char)) {
      this.open.push({ kind: 'bracket', index: i });
    } else if (openers[char] !== undefined && this.brackets.includes(openers[char]))
      this.close(i, openers[char]);
  }

  /** Leave the strings and comments that have ended, and enter those that begin. */
  private enter(i: number, mark: Mark): Kind {
    const kind = kindOf(mark);
    if (kind === 'comment') {
      if (this.open.at(-1)?.kind !== 'comment') this.open.push({ kind: 'comment', index: i });
      return kind;
    }
    if (this.open.at(-1)?.kind === 'comment') this.closed.push({ open: this.open.pop() as Open, end: i });
    const level = levelOf(mark);
    while (this.strings > level) this.leaveString(i);
    for (; this.strings < level; this.strings++) this.open.push({ kind: 'string', index: i });
    return kind;
  }

  private leaveString(i: number): void {
    for (;;) {
      const last = this.open.pop();
      if (!last) return;
      if (last.kind !== 'string') {
        // A bracket of an expression in the string that was never closed.
        this.crossed.push(i);
        continue;
      }
      this.strings--;
      if (this.text[i] === '\n' && isBrokenOff(this.text, last.index, i)) this.broken.push(i);
      this.closed.push({ open: last, end: i });
      return;
    }
  }

  private close(i: number, opener: string): void {
    let at = this.open.length - 1;
    while (at >= 0 && this.open[at]?.kind === 'bracket' && this.text[this.open[at]?.index ?? 0] !== opener)
      at--;
    const open = this.open[at];
    if (open?.kind !== 'bracket') {
      this.surplus.push(i);
      return;
    }
    for (let lost = this.open.length - 1; lost > at; lost--) this.crossed.push(i);
    this.open.length = at;
    this.closed.push({ open, end: i + 1 });
  }
}

/** Openers that count in a language: in TeX braces alone, since `[0, 1)` is text there. */
export function bracketsOf(language: string): string {
  return language === 'latex' || language === 'tex' ? '{' : '([{';
}

/** What a string begins with, letters before its quote left out: `"`, `'''`, `"#`. */
export function quoteAt(text: string, index: number): string | undefined {
  return /^\s*[a-zA-Z@$&]{0,3}(#*)("""|'''|"|'|`)/
    .exec(text.slice(index, index + 12))
    ?.slice(1)
    .reverse()
    .join('');
}

function isBrokenOff(text: string, start: number, end: number): boolean {
  const quote = quoteAt(text, start);
  if (quote === undefined || quote.length > 1) return false;
  return text[end - 1] !== quote || end - 1 === start;
}
