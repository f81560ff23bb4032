/** A cell of a notebook. */
export interface Cell {
  /** Identity of its document. */
  readonly key: string;
  readonly language: string;
  text(): string;
}

/** Characters of the cells above that count; the nearest are kept. */
const MOST_ABOVE = 8_192;

/** The name of a cell: its notebook's, and what the editor tells it from the others by. */
export function cellName(notebook: string, fragment: string): string {
  return `${notebook}#${fragment}`;
}

/**
 * What stands above a cell in its notebook, in order, each cell on lines of its own: the cells of the same language, since only
 * they run before it. The nearest are kept whole, and of the one that does not fit its last lines; empty where there are none.
 */
export function cellsAbove(cells: readonly Cell[], key: string): string {
  const at = cells.findIndex((cell) => cell.key === key);
  if (at <= 0) return '';
  const { language } = cells[at]!;
  let above = '';
  for (const cell of cells.slice(0, at).reverse()) {
    if (cell.language !== language) continue;
    const text = cell.text().replace(/\r\n?/g, '\n').trimEnd();
    if (text === '') continue;
    const room = MOST_ABOVE - above.length;
    above = `${text.length > room ? lastLines(text, room) : text}\n\n${above}`;
    if (text.length > room) break;
  }
  return above;
}

/** The last whole lines of a text, of so many characters at most. */
function lastLines(text: string, room: number): string {
  const end = room > 0 ? text.slice(-room) : '';
  return end.slice(end.indexOf('\n') + 1);
}
