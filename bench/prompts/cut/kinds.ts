import type { CursorKind, Language, SourceFile } from './languages.ts';

const BLOCK_LINES = 10;

/** Where a cursor can stand on a line: [cursor, end of what is removed] pairs, offsets into the file. */
type Places = (file: SourceFile, line: number) => [number, number][];

/** What a prompt asks for, coarser than its kind. */
export type PromptClass = 'line' | 'block' | 'edit' | 'docs';

/** All that is written into documentation is of class `docs`, whatever its kind. */
export function classOf(kind: CursorKind | 'docs', language: Pick<Language, 'docs'>): PromptClass {
  if (language.docs || kind === 'docs' || kind === 'prose') return 'docs';
  return kind === 'block' ? 'block' : 'line';
}

export const CURSOR_PLACES: Readonly<Record<CursorKind, Places>> = {
  // Between two tokens of a line; the rest of the line goes.
  'line-rest'(file, i) {
    const { start, text, indent } = file.lines[i]!;
    const tokens = [...text.matchAll(/[\p{L}\p{N}_$]+|\s+|[^\p{L}\p{N}_$\s]+/gu)];
    const borders = tokens.map((token) => token.index).filter((at) => at > indent.length + 1);
    return borders.map((at) => [start + at, start + text.length]);
  },
  // Inside a word; the rest of the line (in prose: of the sentence) goes.
  word(file, i) {
    const { start, text } = file.lines[i]!;
    const words = [...text.matchAll(/(?<![\w$])[A-Za-z_]\w{3,}/g)];
    return words.flatMap(({ index, 0: word }) =>
      Array.from({ length: word.length - 1 }, (_, k) => index + k + 1).map((at): [number, number] => [
        start + at,
        start + (file.language.docs ? sentenceEnd(text, at) : text.length),
      ]),
    );
  },
  // After the indentation; the whole line goes.
  line(file, i) {
    const { start, text, indent } = file.lines[i]!;
    return indent ? [[start + indent.length, start + text.length]] : [];
  },
  // On the first line of a block that was just opened; its body goes.
  block(file, i) {
    const head = file.lines[i]!;
    if (head.comment || !file.language.opens.test(head.text)) return [];
    let last = i;
    let next = i + 1;
    for (; next < file.lines.length; next++) {
      const line = file.lines[next]!;
      if (line.text === '') continue;
      if (!line.indent.startsWith(head.indent) || line.indent.length <= head.indent.length) break;
      last = next;
    }
    const closed = file.language.closes.test(file.lines[next]?.text ?? '');
    if (last === i || last - i > BLOCK_LINES || !closed || file.lines[i + 1]!.text === '') return [];
    const first = file.lines[i + 1]!;
    const end = file.lines[last]!;
    return [[first.start + first.indent.length, end.start + end.text.length]];
  },
  // Between two words of a sentence; the rest of it goes, as far as it stands on the line.
  prose(file, i) {
    const { start, text } = file.lines[i]!;
    const natural = file.naturalLanguage !== undefined;
    const border = natural
      ? /(?<=[\p{L}\p{N}])(?= \p{L})|(?<=[\p{L}\p{N}] )(?=\p{L})|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/gu
      : /(?<=\w)(?= \w)|(?<=\w )(?=\w)/g;
    // Some scripts write no blanks: there a few characters are as much as a few words.
    const enough = (part: string) => part.trim().includes(' ') || (natural && part.length > 12);
    return [...text.matchAll(border)]
      .map(({ index }): [number, number] => [index, sentenceEnd(text, index)])
      .filter(([at, end]) => enough(text.slice(0, at)) && enough(text.slice(at, end)))
      .map(([at, end]) => [start + at, start + end]);
  },
};

function sentenceEnd(text: string, from: number): number {
  const stop = text.slice(from).search(/[.!?](\s|$)|[。！？]/);
  return stop < 0 ? text.length : from + stop + 1;
}
