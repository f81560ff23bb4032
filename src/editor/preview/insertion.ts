/**
 * Where to insert behind a piece of text that was selected a while ago. The document may have been edited since,
 * so the nearest place with the same text counts.
 * @returns the offset behind it; undefined when the text is gone
 */
export function insertionOffset(document: string, selected: string, offset: number): number | undefined {
  const before = document.lastIndexOf(selected, offset);
  const after = document.indexOf(selected, offset);
  const found = [before, after].filter((at) => at >= 0);
  if (found.length === 0) return undefined;
  const nearest = found.reduce((a, b) => (Math.abs(b - offset) < Math.abs(a - offset) ? b : a));
  return nearest + selected.length;
}

/** The text to insert behind a selection: on lines of its own. */
export function insertedText(text: string, selected: string): string {
  const body = text.trim();
  return selected.endsWith('\n') ? `${body}\n` : `\n${body}`;
}
