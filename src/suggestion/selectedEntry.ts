import type { DocumentText } from './context.ts';

/** The entry that is selected in the editor's own list: the range that it replaces, in UTF-16 units, and its text. */
export interface SelectedEntry {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The document as it will be when the entry is taken. A suggestion that the editor shows beside its list goes on from there. */
export function withEntry(document: DocumentText, { start, end, text }: SelectedEntry): DocumentText {
  const grown = text.length - (end - start);
  return {
    length: document.length + grown,
    slice: (from, to) => {
      const before = document.slice(Math.min(from, start), Math.min(to, start));
      const own = text.slice(Math.max(0, from - start), Math.max(0, to - start));
      const after = document.slice(Math.max(end, from - grown), Math.max(end, to - grown));
      return before + own + after;
    },
  };
}
