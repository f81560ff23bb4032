import { kindOf, type Mark, type Syntax } from './syntax.ts';

/** A line of a document. */
export interface Line {
  /** Without its line end and the white space before it. */
  readonly text: string;
  readonly indent: number;
  /** Whether nothing stands in it but comments. */
  readonly comment: boolean;
}

/** The lines of a text that have something in them, read as they stand behind another text. */
export function solidLines(text: string, before: string, syntax: Syntax, tabSize: number): Line[] {
  const marks = syntax.marks(before + text).subarray(before.length);
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const kept = line.trimEnd();
    if (kept !== '') {
      const indent = widthOf(kept, tabSize);
      const first = start + kept.length - kept.trimStart().length;
      let comment = true;
      for (let i = first; i < start + kept.length && comment; i++) {
        // Between tags a comment is an expression.
        comment = kindOf(marks[i] as Mark) === 'comment' || /[ \t{}]/.test(text[i] as string);
      }
      lines.push({ text: kept, indent, comment: comment && !/^[{}\s]*$/.test(kept) });
    }
    start += line.length + 1;
  }
  return lines;
}

/** Columns of a line's indentation. */
export function widthOf(line: string, tabSize: number): number {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width++;
    else if (char === '\t') width += tabSize - (width % tabSize);
    else break;
  }
  return width;
}

/** Letters, digits and underscores of a line, in any script. */
export function wordCharacters(line: string): number {
  return line.match(/[\p{L}\p{N}_]/gu)?.length ?? 0;
}

/** What a line of code says, however it is spaced, quoted and ended. */
export function bareLine(line: string): string {
  return line
    .trim()
    .replace(/[;,]$/, '')
    .replace(/['`]/g, '"')
    .replace(/\s+/g, ' ')
    .replace(/ ?([^\p{L}\p{N}_\s]) ?/gu, '$1');
}

/** The most lines that a statement is looked for in. */
const longestStatement = 40;

/** A statement from the line on that it begins in to where its brackets are closed. */
export function statementAt(lines: readonly string[], first: number): string {
  let depth = 0;
  let end = first;
  for (; end < lines.length && end < first + longestStatement; end++) {
    for (const sign of lines[end] as string) {
      if (/[([{]/.test(sign)) depth++;
      else if (/[)\]}]/.test(sign)) depth--;
    }
    if (depth <= 0) break;
  }
  return lines.slice(first, end + 1).join('\n');
}
