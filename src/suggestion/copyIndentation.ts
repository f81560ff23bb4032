import type { CompletionContext } from './context.ts';
import { isProse } from './language.ts';
import { widthOf } from './lines.ts';
import { readAt } from './reading.ts';
import { isCloser } from './structure.ts';
import type { Syntax } from './syntax.ts';
import { hasTags, isSingle } from './tags.ts';
import { hasWordBlocks, wordSteps } from './wordBlocks.ts';

/**
 * Moves the further lines of a text to the depth of the place where it is put: a block that was copied from a deeper one
 * brings that one's indentation along. A text whose depth fits stays as it is.
 */
export function indentedFor(text: string, context: CompletionContext, syntax: Syntax): string {
  if (!text.includes('\n') || isProse(context.language)) return text;
  if (text.startsWith('\n') && context.linePrefix.trim() === '') return text;
  const shift = shiftOf(text, context, syntax);
  if (shift === 0) return text;
  const [first, ...lines] = text.split('\n') as [string, ...string[]];
  return [first, ...lines.map((line) => moved(line, shift, context))].join('\n');
}

/** By how many columns the lines below the first stand wrong. */
function shiftOf(text: string, context: CompletionContext, syntax: Syntax): number {
  const { linePrefix, tabSize, language } = context;
  const [first, ...lines] = text.split('\n') as [string, ...string[]];
  const solid = lines.filter((line) => line.trim() !== '');
  const next = solid[0];
  if (next === undefined) return 0;
  const base = widthOf(linePrefix + first, tabSize);
  const depth = widthOf(next, tabSize);
  const head = linePrefix + first;
  const { open, before } = readAt(first, context, syntax);
  // In a string or a comment that goes on below, white space is the author's.
  if (open.some(({ kind }) => kind !== 'bracket')) return 0;
  const opener = openerOfLine(
    open.map(({ index }) => index),
    linePrefix.length,
  );
  const unit = unitOf(context);
  if (opener !== undefined) {
    const closing = closingLine(text, context, syntax, opener);
    if (closing !== undefined) return base - widthOf(closing, tabSize);
    const block = (context.prefix + first).at(opener + context.prefix.length) === '{';
    return bodyShift(next, base, block, context);
  }
  if (/:\s*(#.*)?$/.test(head) && language === 'python') return base + unit - depth;
  if (opensBlock(head, language)) return blockShift(solid, base, unit, tabSize);
  return lineShift(head, next, base, context, before.length === open.length);
}

/** The shift of what a bracket opens and the text does not close. */
function bodyShift(next: string, base: number, block: boolean, context: CompletionContext): number {
  const unit = unitOf(context);
  const depth = widthOf(next, context.tabSize);
  const label = /^\s*(case\b|default\b|\w+:)/.test(next);
  if (label && depth > base + unit) return base + labelStep(context) - depth;
  // Arguments may stand two steps deeper, labels none.
  if (depth <= base ? label : depth <= base + unit * (block ? 1 : 2)) return 0;
  return base + unit - depth;
}

/** The shift of a line that follows one which opens nothing. @param level whether as much is open before as behind that line */
function lineShift(
  head: string,
  next: string,
  base: number,
  context: CompletionContext,
  level: boolean,
): number {
  const depth = widthOf(next, context.tabSize);
  const unit = unitOf(context);
  // A line that goes on with a statement stands one step deeper, or with those above it.
  const chain = /^\s*(\?\.|\.)\w/;
  if (level && chain.test(next) && chain.test(head)) return base - depth;
  if (/[^=!<>]=$/.test(head.trimEnd()) && depth > base + unit) return base + unit - depth;
  // A statement that is complete is followed by one of its own depth.
  const complete = level && (/[;}]\s*$/.test(head) || context.language === 'python');
  return complete && depth > base ? base - depth : 0;
}

/** Whether a line opens a block by a word or a tag, and no bracket. */
function opensBlock(line: string, language: string): boolean {
  const text = line.trim();
  if (hasTags(language)) return /^<\w[^<>]*[^/<>]>$|^<\w+>$/.test(text) && !isSingle(text);
  if (!hasWordBlocks(language) || /^(latex|makefile|c|cpp|csharp)$/.test(language))
    return language === 'yaml' && /^(- )?[\w.-]+:$/.test(text);
  return wordSteps(`${text}\n`, language).at(-1)?.closer !== undefined || /\bthen$/.test(text);
}

/** By how many columns the lines of a block stand wrong: its end stands with its head, its body one step deeper. */
function blockShift(lines: readonly string[], base: number, unit: number, tabSize: number): number {
  // A body that stands no deeper than its head is no body.
  if (widthOf(lines[0] as string, tabSize) <= base) return 0;
  const end = lines.find(
    (line) => /^\s*(<\/|(end|fi|done|esac|until)\b)/.test(line) && isShallow(line, lines, tabSize),
  );
  if (end !== undefined) return base - widthOf(end, tabSize);
  const depth = widthOf(lines[0] as string, tabSize);
  return depth > base && depth <= base + unit ? 0 : base + unit - depth;
}

/** Whether no line stands less deep than this one. */
function isShallow(line: string, lines: readonly string[], tabSize: number): boolean {
  return lines.every((other) => widthOf(other, tabSize) >= widthOf(line, tabSize));
}

/** The outermost bracket that the cursor's line opens and does not close. */
function openerOfLine(open: readonly number[], linePrefix: number): number | undefined {
  return open.find((index) => index >= -linePrefix);
}

/** The line of the text that begins by closing a bracket, which belongs at the depth of the line that opened it. */
function closingLine(
  text: string,
  context: CompletionContext,
  syntax: Syntax,
  opener: number,
): string | undefined {
  const closed = readAt(text, context, syntax).closed.find(({ open }) => open.index === opener);
  if (!closed) return undefined;
  const start = text.lastIndexOf('\n', closed.end - 1) + 1;
  const line = text.slice(start).split('\n', 1)[0] as string;
  return start > 0 && isCloser(line.trimStart()[0] ?? '') ? line : undefined;
}

/** Columns of one step of indentation in a file, by the lines before the cursor. */
function unitOf({ prefix, tabSize }: CompletionContext): number {
  let last = 0;
  const steps = new Map<number, number>();
  for (const line of prefix.split('\n').slice(-200)) {
    // The asterisks of a comment stand one column deeper, which is no step.
    if (line.trim() === '' || /^\s*\*/.test(line)) continue;
    const width = widthOf(line, tabSize);
    if (width > last) steps.set(width - last, (steps.get(width - last) ?? 0) + 1);
    last = width;
  }
  const [most] = [...steps].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? tabSize;
}

/** Columns that the labels of a choice stand deeper than its head, by those in the file. */
function labelStep(context: CompletionContext): number {
  const lines = context.prefix.split('\n');
  const at = lines.findIndex(
    (line, i) => /\bswitch\b.*\{\s*$/.test(line) && /^\s*case\b/.test(lines[i + 1] ?? ''),
  );
  if (at < 0) return unitOf(context);
  return widthOf(lines[at + 1] as string, context.tabSize) - widthOf(lines[at] as string, context.tabSize);
}

function moved(line: string, shift: number, { tabSize, prefix }: CompletionContext): string {
  if (line.trim() === '') return line;
  const width = Math.max(0, widthOf(line, tabSize) + shift);
  const tabs = line.startsWith('\t') || (!line.startsWith(' ') && /^\t/m.test(prefix));
  const indentation = tabs
    ? '\t'.repeat(Math.floor(width / tabSize)) + ' '.repeat(width % tabSize)
    : ' '.repeat(width);
  return indentation + line.trimStart();
}
