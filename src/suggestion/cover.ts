import type { CompletionContext } from './context.ts';
import { isProse } from './language.ts';
import { imbalanceAt, type Reading, readAt } from './reading.ts';
import { closerOf, isCloser } from './structure.ts';
import type { Syntax } from './syntax.ts';

/**
 * How many characters right of the cursor a suggestion replaces. The editor closes brackets and quotes by
 * itself; a suggestion that closes them too must replace them, or accepting it would leave them doubled. One
 * that does not close them leaves them where they are. The same holds for any rest of the line that the text writes again.
 */
export function coveredLength(text: string, context: CompletionContext, syntax: Syntax): number {
  const rest = context.lineSuffix.trimEnd();
  if (rest === '') return 0;
  if (closesComment(text, rest)) return rest.length;
  const marks = coveredClosers(text, rest, readAt(text, context, syntax));
  const closers = isProse(context.language) ? Math.max(marks, coveredProse(text, rest)) : marks;
  const left = rest.slice(closers);
  // A sign that ends the line behind what was closed is not written twice.
  const closed =
    closers > 0 && /^[;:,]+$/.test(left) && text.trimEnd().endsWith(left) ? rest.length : closers;
  return overlapOrRepeat(text, rest, context, syntax, closed);
}

/** What of the rest is written again in words, if that is longer than what is closed again. */
function overlapOrRepeat(
  text: string,
  rest: string,
  context: CompletionContext,
  syntax: Syntax,
  closed: number,
): number {
  const longer = [repeatedRest(text, rest), overlap(text, rest)].filter((length) => length > closed);
  // What is written again is replaced only where that leaves the line no worse.
  const left = (length: number) =>
    imbalanceAt(context, context.prefix + text + context.suffix.slice(length), syntax);
  return longer.find((length) => left(length) <= left(closed)) ?? closed;
}

/** In prose: the closers and the signs in pairs that the editor wrote, where the text writes them too. */
function coveredProse(text: string, rest: string): number {
  if (/^([*_`$"])\1*$/.test(rest)) return text.split(rest).length % 2 === 0 ? rest.length : 0;
  let covered = 0;
  let depth = 0;
  for (const sign of text) {
    const closer = rest[covered];
    if (closer === undefined || !isCloser(closer)) break;
    if (closerOf(sign) === closer) depth++;
    else if (sign === closer && depth-- === 0) {
      covered++;
      depth = 0;
    }
  }
  return covered;
}

// The end of a block comment that the editor wrote when its beginning was typed.
function closesComment(text: string, rest: string): boolean {
  return rest.trimStart() === '*/' && text.includes('*/');
}

/** Follow the rest of the line while the text closes what it closes, in the same order. */
function coveredClosers(text: string, rest: string, { outer }: Reading): number {
  let covered = 0;
  let at = 0;
  let count = 0;
  for (const { end } of outer) {
    // Between two closers may stand what the text has at the same place.
    while (count > 0 && at < end - 1 && rest[covered] === text[at] && !isCloser(rest[covered] as string)) {
      covered++;
      at++;
    }
    const spaces = (/^\s*/.exec(rest.slice(covered)) as RegExpExecArray)[0].length;
    const length = sameEnd(text.slice(at, end), rest.slice(covered + spaces));
    if (length === 0) break;
    covered += spaces + length;
    at = end;
    count++;
  }
  if (count === 0) return 0;
  while (covered < rest.length && rest[covered] === text[at]) {
    if (isCloser(rest[covered] as string)) break;
    covered++;
    at++;
  }
  return covered;
}

/** How many equal signs, such as the quotes of a long string, end the one text and begin the other. */
function sameEnd(text: string, rest: string): number {
  const sign = text.at(-1);
  if (sign === undefined || rest[0] !== sign) return 0;
  let length = 1;
  if (!isCloser(sign)) while (text.at(-1 - length) === sign && rest[length] === sign) length++;
  return length;
}

/** The whole rest, where the text's last line ends with it or has all of its words in their order, and its end. */
function repeatedRest(text: string, rest: string): number {
  const line = lastLine(text);
  if (line.endsWith(rest) && !line.endsWith(`\\${rest}`)) return rest.length;
  const wanted = tokensOf(rest);
  const given = tokensOf(line);
  if (!wanted.some(isWord) || wanted.length < 2 || wanted.at(-1) !== given.at(-1)) return 0;
  let found = 0;
  for (const token of given) if (token === wanted[found]) found++;
  return found === wanted.length ? rest.length : 0;
}

const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const spaced = '(?![\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}])[\\p{L}\\p{N}_]';
const endsInWord = new RegExp(`${spaced}$`, 'u');
const beginsInWord = new RegExp(`^${spaced}`, 'u');

/** The longest beginning of the rest that the text ends with, in whole words and signs. */
function overlap(text: string, rest: string): number {
  const line = lastLine(text);
  for (let length = Math.min(line.length, rest.length); length > 0; length--) {
    if (!line.endsWith(rest.slice(0, length))) continue;
    const before = line.slice(0, line.length - length);
    const splits = endsInWord.test(before) && beginsInWord.test(rest);
    const cuts = endsInWord.test(line) && beginsInWord.test(rest.slice(length));
    // In a script without spaces one sign is the same by chance.
    if (length === 1 && unspaced.test(rest)) continue;
    const said = rest.slice(0, length).trim();
    if (!splits && !cuts && said !== '' && !/^[([{<"'`)\]}>]+$/.test(said)) return length;
  }
  return 0;
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1).trimEnd();
}

/** Words and signs of a text, without white space. */
export function tokensOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_$]+|[^\p{L}\p{N}_$\s]/gu) ?? [];
}

/** Whether a token is a word or a number. */
export function isWord(token: string): boolean {
  return /[\p{L}\p{N}_$]/u.test(token);
}
