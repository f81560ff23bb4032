import { blockCommentOf, lineCommentOf } from './language.ts';
import { type Mark, markOf, type Syntax } from './syntax.ts';

const code = markOf('code', 0);
const string = markOf('string', 1);
const comment = markOf('comment', 0);

/**
 * For a language without a grammar: strings that end on their line, line comments, and comments of several
 * lines where it is known how they begin. A quote without a partner on its line is a sign like any other, as in «don't».
 */
export function plainSyntax(language: string): Syntax {
  const comments = { line: lineCommentOf(language), block: blockCommentOf(language) };
  return { marks: (text) => read(text, comments) };
}

interface Comments {
  readonly line: string | undefined;
  readonly block: readonly [begin: string, end: string] | undefined;
}

function read(text: string, comments: Comments): Uint8Array {
  const marks = new Uint8Array(text.length + 1).fill(code);
  let at = 0;
  while (at < text.length) {
    const [end, mark] = partAt(text, at, comments);
    if (mark !== code) marks.fill(mark, at, end);
    // A comment that the text breaks off is still one where the next letter comes.
    if (end >= text.length && isOpen(text, at, mark, comments)) marks[text.length] = mark;
    at = end;
  }
  return marks;
}

/** The end and the mark of what begins at a place. */
function partAt(text: string, at: number, { line, block }: Comments): [end: number, mark: Mark] {
  const char = text[at] as string;
  if (char === '"' || char === "'" || char === '`') {
    const end = endOfString(text, char, at + 1);
    return end === undefined ? [at + 1, code] : [end, string];
  }
  if (line && text.startsWith(line, at)) return [endOf(text, '\n', at, 0), comment];
  if (block && text.startsWith(block[0], at))
    return [endOf(text, block[1], at + block[0].length, block[1].length), comment];
  return [at + 1, code];
}

function isOpen(text: string, at: number, mark: Mark, { block }: Comments): boolean {
  if (mark !== comment) return false;
  if (!block || !text.startsWith(block[0], at)) return true;
  const [begin, end] = block;
  return !(text.endsWith(end) && text.length >= at + begin.length + end.length);
}

function endOf(text: string, sign: string, from: number, length: number): number {
  const end = text.indexOf(sign, from);
  return end < 0 ? text.length : end + length;
}

/** Behind the next quote of this kind that is not escaped; only a backtick may be on a later line. */
function endOfString(text: string, quote: string, from: number): number | undefined {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i + 1;
    else if (text[i] === '\n' && quote !== '`') return undefined;
  }
  return undefined;
}
