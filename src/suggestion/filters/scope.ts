import { isProse } from '../language.ts';
import { widthOf } from '../lines.ts';
import { documentLines, type Filter, type FilterContext, suggestionOf } from './filter.ts';

/**
 * Ends a suggestion of several lines with the block, statement or paragraph that it is in. Models run on into
 * the next function; what a user can judge at a glance is one piece.
 */
export const scope: Filter = (text, context) => {
  if (!text.includes('\n')) return text;
  const lines = documentLines(text, context);
  const end = isProse(context.completion.language)
    ? endOfParagraph(lines)
    : endOfScope(lines, text.startsWith('\n') || text.split('\n', 1)[0]?.trim() === '', context);
  const kept = suggestionOf(lines, end, context);
  return kept.trim() === '' ? { drop: 'scope' } : kept;
};

function endOfParagraph(lines: readonly string[]): number {
  const start = Math.max(
    1,
    lines.findIndex((line, i) => i > 0 && line.trim() !== ''),
  );
  const end = lines.findIndex((line, i) => i > start && line.trim() === '');
  return end < 0 ? lines.length : end;
}

/** @param fromNextLine the text leaves the cursor's line as it is and goes on below */
function endOfScope(lines: readonly string[], fromNextLine: boolean, context: FilterContext): number {
  const indent = (line: string) => widthOf(line, context.completion.tabSize);
  const solid = (from: number) => lines.findIndex((line, i) => i >= from && line.trim() !== '');
  const current = lines[0] as string;
  let start = 0;
  let base = indent(current);
  // Statements in a row are one piece only where the cursor stands at the beginning of one.
  let row = context.completion.linePrefix.trim() === '';
  if (fromNextLine) {
    const next = solid(1);
    if (next < 0) return lines.length;
    const opens = current.trim() !== '' && indent(lines[next] as string) > base;
    if (!opens) {
      start = next;
      base = indent(lines[next] as string);
      row = true;
    }
  }
  return endFrom(lines, start, base, row, indent);
}

function endFrom(
  lines: readonly string[],
  start: number,
  base: number,
  row: boolean,
  indent: (line: string) => number,
): number {
  let deeper = false;
  for (let i = start + 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line.trim() === '') {
      if (!deeper && row) return i;
      continue;
    }
    const depth = indent(line);
    if (depth < base) return i;
    if (depth > base) {
      deeper = true;
      continue;
    }
    if (continues(line) || leadsOn(lines, i)) continue;
    if (closes(line)) return i + 1;
    if (deeper || !(row || leftOpen(lines[i - 1] as string))) return i;
  }
  return lines.length;
}

/** A comment before a line that goes on with the statement. */
function leadsOn(lines: readonly string[], i: number): boolean {
  const comment = /^\s*(\/\/|\/\*|\*|#|--)/;
  if (!comment.test(lines[i] as string)) return false;
  const next = lines.slice(i + 1).find((line) => line.trim() !== '' && !comment.test(line));
  return next !== undefined && continues(next);
}

/** A line such as `} else {` or `except ValueError:` goes on with the statement above it. */
function continues(line: string): boolean {
  return (
    /^\s*[)\]}].*[([{]\s*$/.test(line) ||
    /^\s*[)\]}]*\s*(else|elif|elsif|except|finally|catch|rescue|ensure|then|do|case|default|while)\b/.test(
      line,
    )
  );
}

function closes(line: string): boolean {
  return /^\s*([)\]}]|<\/|\*\/|(end|fi|done|esac)\b)/.test(line);
}

/** A line that ends with an operator, a comma or an opening bracket wants another one. */
function leftOpen(line: string): boolean {
  return /([([{,\\=+\-*/|&?:<]|=>)\s*$/.test(line);
}
