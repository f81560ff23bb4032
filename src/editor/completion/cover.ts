import { findQuote, isCloser, isQuote, scanBrackets } from './brackets.ts';

/**
 * How many characters right of the cursor a suggestion replaces. The editor closes brackets and quotes by
 * itself; a suggestion that closes them too must replace them, or accepting it would leave them doubled. One
 * that does not close them leaves them where they are.
 */
export function coveredLength(text: string, lineSuffix: string): number {
  const rest = lineSuffix.trimEnd();
  if (rest === '') return 0;
  if (repeatsRest(text, rest)) return rest.length;
  return closesComment(text, rest) ? rest.length : coveredClosers(text, rest);
}

// The end of a block comment that the editor wrote when its beginning was typed.
function closesComment(text: string, rest: string): boolean {
  return rest.trimStart() === '*/' && text.includes('*/');
}

/** Whether the first line of the text ends with the whole rest of the line, and not inside its own brackets. */
function repeatsRest(text: string, rest: string): boolean {
  const line = (text.split('\n', 1)[0] as string).trimEnd();
  const before = line.slice(0, line.length - rest.length);
  return line.endsWith(rest) && !before.endsWith('\\') && scanBrackets(before).open.length === 0;
}

/** Follow the rest of the line while the text closes what it closes, in the same order. */
function coveredClosers(text: string, rest: string): number {
  let covered = 0;
  let at = 0;
  while (covered < rest.length) {
    const next = endOfMatch(text, at, rest[covered] as string, covered > 0);
    if (next === undefined) break;
    at = next;
    covered++;
  }
  return covered;
}

function endOfMatch(text: string, from: number, char: string, afterCloser: boolean): number | undefined {
  if (isQuote(char)) {
    const quote = findQuote(text, char, from);
    return quote === undefined ? undefined : quote + 1;
  }
  if (isCloser(char)) {
    const [first] = scanBrackets(text.slice(from)).unmatched;
    return first?.char === char ? from + first.index + 1 : undefined;
  }
  return afterCloser && text[from] === char ? from + 1 : undefined;
}
