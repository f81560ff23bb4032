/**
 * A scanner for brackets that knows strings and line comments of most languages, and no grammar. A quote
 * without a partner on its line counts as an ordinary character, as in «don't».
 */

const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const openerOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

export interface BracketScan {
  /** Brackets that the text opens and does not close, outermost first. */
  readonly open: readonly string[];
  /** Brackets that the text closes and did not open. */
  readonly unmatched: readonly { readonly index: number; readonly char: string }[];
}

/** Find the brackets of a text that have no partner in it. */
export function scanBrackets(text: string, lineComment?: string): BracketScan {
  const open: string[] = [];
  const unmatched: { index: number; char: string }[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (isQuote(char)) i = endOfString(text, i) ?? i;
    else if (lineComment && text.startsWith(lineComment, i)) i = endOfLine(text, i);
    else if (closerOf[char]) open.push(char);
    else if (openerOf[char]) {
      if (open.at(-1) === openerOf[char]) open.pop();
      else unmatched.push({ index: i, char });
    }
  }
  return { open, unmatched };
}

export function isQuote(char: string): boolean {
  return char === '"' || char === "'" || char === '`';
}

export function isCloser(char: string): boolean {
  return openerOf[char] !== undefined;
}

/** Index of the first quote of this kind that is not escaped; only a backtick may be on a later line. */
export function findQuote(text: string, quote: string, from: number): number | undefined {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
    else if (text[i] === '\n' && quote !== '`') return undefined;
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  return findQuote(text, text[start] as string, start + 1);
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}
