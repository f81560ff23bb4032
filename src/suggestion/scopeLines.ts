import { type Line, statementAt } from './lines.ts';

/** Lines at which what stands above them no longer counts, as a file of several documents has them. */
const boundaries: Readonly<Record<string, RegExp>> = {
  yaml: /^(---|\.\.\.)\s*$/,
  toml: /^\[/,
  ini: /^\[/,
  properties: /^\[/,
  dockerfile: /^FROM\b/i,
  c: /^#\s*(if|el|endif)/,
  cpp: /^#\s*(if|el|endif)/,
  csharp: /^#\s*(if|el|endif)/,
  sql: /^(BEGIN|COMMIT|GO)\b/i,
};

/** A line of the scope around a cursor, and the one before it. */
export interface ScopeLine {
  readonly line: string;
  readonly before: string | undefined;
  /** The line, with those that its brackets go on in. */
  readonly statement: string;
}

/**
 * The lines of the scope that a line of this depth would stand in, those above from the nearest on, then those below. What is
 * deeper belongs to one of them.
 */
export function* linesOfScope(
  line: string,
  indent: number,
  { above, below }: { readonly above: readonly Line[]; readonly below: readonly Line[] },
  language: string,
): Generator<ScopeLine> {
  // The head of a table is looked for past other heads.
  const boundary =
    Object.hasOwn(boundaries, language) && !line.startsWith('[') ? boundaries[language] : undefined;
  const entry = language === 'yaml' && /^-\s/.test(line);
  const ends = ({ text, indent: depth }: Line) =>
    depth < indent || (depth === indent && (boundary?.test(text.trim()) || (entry && !/^\s*-/.test(text))));
  for (let i = above.length - 1; i >= 0; i--) {
    const other = above[i] as Line;
    if (other.indent === indent) yield scopeLine(above, i);
    if (ends(other)) break;
  }
  for (const [i, other] of below.entries()) {
    if (ends(other)) break;
    if (other.indent === indent) yield scopeLine(below, i);
  }
}

function scopeLine(lines: readonly Line[], i: number): ScopeLine {
  const { text } = lines[i] as Line;
  const statement = /[([{]$/.test(text)
    ? statementAt(
        lines.slice(i, i + 40).map((line) => line.text),
        0,
      )
    : text;
  return { line: text.trim(), before: lines[i - 1]?.text, statement };
}
