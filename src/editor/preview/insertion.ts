import { styleOf, withIndentation } from '../../suggestion/ownIndentation.ts';

/** Where a document does not tell, a step of indentation has so many columns. */
const TAB_SIZE = 4;

/**
 * Where a piece of text that was selected a while ago is now. The document may have been edited since, so the
 * nearest place with the same text counts.
 * @returns the offset of its beginning; undefined when the text is gone
 */
export function currentOffset(document: string, selected: string, offset: number): number | undefined {
  const before = document.lastIndexOf(selected, offset);
  const after = document.indexOf(selected, offset);
  const found = [before, after].filter((at) => at >= 0);
  if (found.length === 0) return undefined;
  return found.reduce((a, b) => (Math.abs(b - offset) < Math.abs(a - offset) ? b : a));
}

/** A text to insert, and where. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** Put a text behind the selection, on lines of its own. */
export function insertBelow(selected: string, at: number, text: string): Insertion {
  const body = text.trim();
  return { offset: at + selected.length, text: selected.endsWith('\n') ? `${body}\n` : `\n${body}` };
}

/** Put a text above the line where the selection begins, as a comment with the indentation of that line. */
export function insertAsComment(document: string, at: number, text: string, comment: string): Insertion {
  const offset = document.slice(0, at).lastIndexOf('\n') + 1;
  const indentation = /^[ \t]*/.exec(document.slice(offset))?.[0] ?? '';
  const lines = text.trim().split('\n');
  return {
    offset,
    text: lines.map((line) => `${`${indentation}${comment} ${line}`.trimEnd()}\n`).join(''),
  };
}

/** A selection with the rest of its last line, so that what goes below it parts no line. */
export function wholeLines(document: string, at: number, selected: string): string {
  const end = at + selected.length;
  if (selected.endsWith('\n')) return selected;
  const rest = /^[^\r\n]*/.exec(document.slice(end))?.[0] ?? '';
  return selected + rest;
}

/** A text with its lines indented as the document is: by tabs or by spaces. */
export function inStyleOf(document: string, at: number, text: string): string {
  const style = styleOf(document, TAB_SIZE);
  if (!style) return text;
  const line = document.slice(document.lastIndexOf('\n', at - 1) + 1, at + 200);
  const indentation = /^[ \t]*/.exec(line)?.[0] ?? '';
  const depth = style.tabs ? indentation.split('\t').length - 1 : indentation.length / style.unit;
  return withIndentation(text.split('\n'), style, depth).join('\n');
}
