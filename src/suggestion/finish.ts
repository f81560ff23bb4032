/** How a text ended. `running`: it may still grow. `cut`: it was cancelled in the middle. */
export type Finish = 'running' | 'stop' | 'line' | 'length' | 'cut';

/** The text up to its last line end, which is left out; undefined when no line with something in it is complete. */
export function completeLines(text: string): string | undefined {
  const end = text.lastIndexOf('\n');
  const lines = end < 0 ? '' : text.slice(0, end);
  return lines.trim() === '' ? undefined : lines;
}
