import { textBelow } from '../context.ts';
import { documentLines, type Filter, suggestionOf } from './filter.ts';

/** Takes off lines at the end that stand below the cursor already. Indentation counts: a `}` is not any `}`. */
export const linesBelow: Filter = (text, context) => {
  const below = solid(textBelow(context.completion).split('\n'));
  // A text that begins on the next line leaves the cursor's line as it is.
  const lines = documentLines(text, context);
  if (below.length === 0) return text;
  const own = lines.map((line) => line.trimEnd());
  for (let first = firstOwnLine(own, text); first < own.length; first++) {
    const tail = solid(own.slice(first));
    if (tail.length === 0) break;
    if (tail.length <= below.length && tail.every((line, i) => line === below[i])) {
      const kept = first === 0 ? '' : suggestionOf(lines, first, context);
      return kept.trim() === '' ? { drop: 'repeats-below' } : kept;
    }
  }
  return text;
};

/** The cursor's line counts when the text changes it. */
function firstOwnLine(lines: readonly string[], text: string): number {
  return text.startsWith('\n') && lines.length > 1 ? 1 : 0;
}

function solid(lines: readonly string[]): string[] {
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
}
