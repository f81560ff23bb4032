import type { CompletionContext } from './context.ts';
import { isProse } from './language.ts';
import { readAt } from './reading.ts';
import type { Syntax } from './syntax.ts';

/** What a text is indented by. */
export interface IndentationStyle {
  readonly tabs: boolean;
  /** Spaces of one step, where it is not tabs. */
  readonly unit: number;
}

/** What a document is indented by; undefined where nothing is indented. @param tabSize where its lines do not tell the step */
export function styleOf(document: string, tabSize: number): IndentationStyle | undefined {
  let tabs = 0;
  let spaces = 0;
  const steps = new Map<number, number>();
  let last = 0;
  for (const [, indentation = ''] of document.matchAll(/^([ \t]*)[^\s*]/gm)) {
    if (indentation.startsWith('\t')) tabs++;
    else if (indentation.length > 1) spaces++;
    const step = indentation.length - last;
    if (!indentation.includes('\t') && step > 1) steps.set(step, (steps.get(step) ?? 0) + 1);
    last = indentation.includes('\t') ? 0 : indentation.length;
  }
  if (tabs === 0 && spaces === 0) return undefined;
  const [most] = [...steps].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return { tabs: tabs > spaces, unit: most?.[0] ?? tabSize };
}

/** What a language is indented by where its file does not tell: by rule or by its own formatter. */
const customary: Readonly<Record<string, IndentationStyle>> = {
  makefile: { tabs: true, unit: 4 },
  go: { tabs: true, unit: 4 },
  yaml: { tabs: false, unit: 2 },
};

/**
 * A text with its lines indented as the document around it is: by tabs or by spaces. What stands in strings and comments that
 * go on over lines is the author's.
 */
export function inOwnIndentation(text: string, context: CompletionContext, syntax: Syntax): string {
  if (!/(^|\n)[ \t]/.test(text)) return text;
  const { prefix, suffix, linePrefix, tabSize, language } = context;
  // The line of the cursor may be indented by the editor alone.
  const told = styleOf(`${prefix}\n${suffix}`, tabSize);
  const style = told ?? (Object.hasOwn(customary, language) ? customary[language] : undefined);
  if (isProse(language)) return told?.tabs ? entriesByTabs(text, tabSize) : text;
  if (!style) return text;
  const [first = '', ...lines] = text.split('\n');
  const own = linePrefix.trim() === '';
  if (readAt(own ? '' : first, context, syntax).open.some(({ kind }) => kind !== 'bracket')) return text;
  const depth = Math.floor(stepsOf(linePrefix, style, tabSize));
  return withIndentation([...(own ? [first] : []), ...lines], style, depth, own ? [] : [first]).join('\n');
}

/** Entries of lists that are indented by spaces, by tabs instead. */
function entriesByTabs(text: string, tabSize: number): string {
  return text.replace(/\n((?: {2})+)(?=([-*+]|\d+[.)])\s)/g, (_, spaces: string) => {
    const step = spaces.length % 4 === 0 ? Math.min(4, tabSize) : 2;
    return `\n${'\t'.repeat(spaces.length / step)}`;
  });
}

/** Lines indented in a style. @param depth steps of the line that they follow. @param before lines that stay as they are */
export function withIndentation(
  lines: readonly string[],
  style: IndentationStyle,
  depth: number,
  before: readonly string[] = [],
): string[] {
  const widths = lines.flatMap((line) => (/^ {2,}\S/.test(line) ? [/^ */.exec(line)![0].length] : []));
  const step = stepIn(widths, style, depth);
  return [...before, ...lines.map((line) => converted(line, style, step))];
}

function converted(line: string, { tabs, unit }: IndentationStyle, step: number): string {
  const indentation = /^[ \t]*/.exec(line)![0];
  const rest = line.slice(indentation.length);
  if (indentation === '' || rest === '') return line;
  if (tabs) {
    // Tabs that are there stay; a space that is left over is that of an asterisk in a comment.
    const kept = /^\t*/.exec(indentation)![0];
    const spaces = indentation.slice(kept.length).replaceAll('\t', ' '.repeat(step)).length;
    return kept + '\t'.repeat(Math.floor(spaces / step)) + ' '.repeat(spaces % step) + rest;
  }
  if (indentation.includes('\t')) return indentation.replaceAll('\t', ' '.repeat(unit)) + rest;
  const steps = Math.floor(indentation.length / step);
  return ' '.repeat(steps * unit + (indentation.length % step)) + rest;
}

/** Spaces of a step in lines of these widths: what makes the first of them follow the line above it. */
function stepIn(widths: readonly number[], { unit, tabs }: IndentationStyle, depth: number): number {
  const [first] = widths;
  if (first === undefined) return unit;
  const follows = (step: number) => {
    const steps = first / step;
    return widths.every((width) => width % step <= 1) && steps >= depth - 1 && steps <= depth + 1;
  };
  return (tabs ? [4, 2, 8, 3, unit] : [unit, 4, 2, 8]).find(follows) ?? unit;
}

function stepsOf(line: string, { tabs, unit }: IndentationStyle, tabSize: number): number {
  const indentation = /^[ \t]*/.exec(line)![0];
  const width = indentation.replaceAll('\t', ' '.repeat(tabSize)).length;
  return width / (tabs ? tabSize : unit);
}
