import { type Line, wordCharacters } from '../lines.ts';

/** A line of fewer word characters may well come again. */
const minMarked = 3;
/** Of prose, a line that says this much is not said twice, and a sentence inside of a line. */
const minLine = 12;
const minSentence = 20;
/** Signs that may end a line. */
const LONGEST_ENDING = 64;
/** Signs that say as much as a word's several. */
const ideographs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const mark = /^([-*+>]|#{1,6}|\d+[.)]|={1,6}|\*{1,6})\s+(\[[ xX]\]\s+)?/;
const command = /^(\\(sub)*(section|chapter|paragraph|label|usepackage|bibitem|item)\b|\||\[[^\]]+\]:)/;

/** The first line of a text of prose that stands around it: an entry of a list, a heading, a sentence. */
export function proseRepeat(
  lines: readonly string[],
  first: number,
  { above, below }: { readonly above: readonly Line[]; readonly below: readonly Line[] },
): number | undefined {
  const around = [...above, ...below].map(({ text }) => text);
  const known = new Set(around.map(said));
  const sentences = new Set(around.flatMap(sentencesOf));
  for (let i = first; i < lines.length; i++) {
    const line = lines[i] as string;
    const own = said(line);
    const heading = /^\s*([=~^"#*+-])\1{2,}\s*$/.test(lines[i + 1] ?? '');
    const marked = heading || mark.test(line.trim()) || command.test(line.trim());
    if (weight(own) >= (marked ? minMarked : minLine)) {
      if (known.has(own)) return i;
      known.add(own);
    }
    if (i > first && sentencesOf(line).some((sentence) => sentences.has(sentence))) return i;
  }
  return undefined;
}

/**
 * Where a text goes on with a sentence that the lines around it have; undefined where it does not.
 * @param lineStart the line's own text left of the cursor
 */
export function repeatedSentence(
  lineStart: string,
  text: string,
  around: readonly Line[],
): number | undefined {
  const known = new Set([...around.map(({ text: line }) => line), lineStart].flatMap(sentencesOf));
  const [line = ''] = text.split('\n', 1);
  let at = 0;
  for (const sentence of line.split(/(?<=[.!?。！？])\s*/u)) {
    const start = line.indexOf(sentence, at);
    const begins = start > 0 || /(^|[.!?。！？]\s*)$/u.test(lineStart.trimEnd());
    if (begins && sentencesOf(sentence).some((each) => known.has(each))) return start;
    at = start + sentence.length;
  }
  return undefined;
}

function sentencesOf(line: string): string[] {
  return line
    .split(/(?<=[.!?。！？])\s*/u)
    .filter((sentence) => /[.!?。！？]$/u.test(sentence))
    .map(said)
    .filter((sentence) => weight(sentence) >= minSentence);
}

function weight(line: string): number {
  return wordCharacters(line) + (line.match(ideographs)?.length ?? 0);
}

/** A line of prose without the sign that makes it an entry or a heading, and without how it ends. */
function said(line: string): string {
  const text = line.trim().replace(mark, '');
  // Looked for from the end: of dots that lead to a page's number each would be tried as the first.
  const ending = /[.:;,!。！、]+$/u.exec(text.slice(-LONGEST_ENDING))?.[0].length ?? 0;
  return text.slice(0, text.length - ending).toLowerCase();
}
