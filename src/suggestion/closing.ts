import { type OpenBlock, openBlocks } from './blocks.ts';
import type { CompletionContext } from './context.ts';
import { type Reading, readAt } from './reading.ts';
import { closerOf, type Open, quoteAt } from './structure.ts';
import { endsWithLine, type Syntax } from './syntax.ts';

const commentEnds: readonly (readonly [begin: RegExp, end: string])[] = [
  [/^\/\*/, ' */'],
  [/^<!--/, ' -->'],
  [/^--\[\[/, ']]'],
  [/^\{-/, ' -}'],
  [/^<#/, ' #>'],
  [/^#=/, ' =#'],
  [/^\(\*/, ' *)'],
];

/** A text that is being closed. */
interface Closing {
  readonly text: string;
  readonly context: CompletionContext;
  readonly syntax: Syntax;
  readonly singleLine: boolean;
  /** What closes so far. */
  readonly closing: string;
  /** A line end, where a line comment has to end before what is closed next. */
  readonly comment: string;
}

/** What comes of a step: what closes more, the end, or that it cannot be closed. */
type Step =
  | { readonly type: 'closed'; readonly closing: string; readonly comment: string }
  | { readonly type: 'done'; readonly closing: string }
  | { readonly type: 'impossible' };

const impossible: Step = { type: 'impossible' };

/**
 * What has to stand behind a text so that it closes what it opens: the ends of its strings and comments, its brackets, blocks
 * of words and tags, in the order in which they stand in each other. Undefined where something cannot be closed.
 */
export function closingOf(
  text: string,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): string | undefined {
  let state: Closing = { text, context, syntax, singleLine, closing: '', comment: '' };
  // Once round for each thing that is open: how the rest is read may depend on what has been closed.
  for (;;) {
    const step = closeInnermost(state);
    if (step.type === 'impossible') return undefined;
    if (step.type === 'done') return step.closing;
    state = { ...state, closing: step.closing, comment: step.comment };
  }
}

function closeInnermost(state: Closing): Step {
  const { text, context, syntax, singleLine, closing, comment } = state;
  const whole = text + closing + comment;
  const reading = readAt(whole, context, syntax);
  const last = reading.own.at(-1);
  const block = openBlocks(whole, context, syntax, singleLine).at(-1);
  if (block && (!last || block.index > last.index)) return closeBlock(state, block);
  if (!last) return { type: 'done', closing };
  const alone = reading.own.length === 1 && !block;
  const heredoc = last.kind === 'string' ? heredocAt(whole, last.index, context) : undefined;
  if (heredoc !== undefined) {
    const free = alone && !singleLine && context.lineSuffix.trim() === '';
    return free ? { type: 'done', closing: closing + heredoc } : impossible;
  }
  const next = closerFor(last, text, closing + comment, context, syntax, singleLine);
  if (next === undefined) return impossible;
  return next === '' ? endComment(state, alone) : closeOpen(state, next, reading);
}

function closeBlock(state: Closing, block: OpenBlock): Step {
  const { text, context, syntax, singleLine, closing, comment } = state;
  const longer = closing + comment + endOfBlock(block, text, context);
  const closed = closesBlock(text + longer, block, context, syntax, singleLine);
  return closed ? { type: 'closed', closing: longer, comment: '' } : impossible;
}

/** A comment that ends with the line is ended by one, where something has to be closed behind it. */
function endComment({ closing, comment, singleLine }: Closing, alone: boolean): Step {
  if (alone) return { type: 'done', closing };
  return singleLine || comment !== '' ? impossible : { type: 'closed', closing, comment: '\n' };
}

function closeOpen(
  { text, context, syntax, closing, comment }: Closing,
  next: string,
  reading: Reading,
): Step {
  const longer = closing + (next.startsWith('\n') ? '' : comment) + next;
  const after = readAt(text + longer, context, syntax);
  return closes(after, reading) ? { type: 'closed', closing: longer, comment: '' } : impossible;
}

function closes(after: Reading, before: Reading): boolean {
  const faults = (reading: Reading) =>
    reading.surplus.length + reading.crossed.length + reading.broken.length;
  return after.own.length < before.own.length && faults(after) <= faults(before);
}

function closesBlock(
  text: string,
  { index }: OpenBlock,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): boolean {
  return openBlocks(text, context, syntax, singleLine).every((block) => block.index < index);
}

/** What closes a block, in line with the line that it begins in where it has one of its own. */
function endOfBlock({ index, closer, ownLine }: OpenBlock, text: string, context: CompletionContext): string {
  return ownLine ? `\n${indentationAt(text, index, context)}${closer}` : closer;
}

/** What ends a text of lines that a marker announces, on a line of its own; empty where the text has ended it. */
function heredocAt(text: string, index: number, { language }: CompletionContext): string | undefined {
  if (!/^(shellscript|ruby|php|perl)$/.test(language)) return undefined;
  const end = text.indexOf('\n', index);
  const head = text.slice(0, end < 0 ? text.length : end);
  const marker = [...head.matchAll(/<<<?[-~]?[ \t]*(["'`]?)([A-Za-z_]\w*)\1/g)].at(-1);
  if (!marker) return undefined;
  const last = text.slice(text.lastIndexOf('\n') + 1).trim();
  return end >= 0 && last === marker[2] ? '' : `\n${marker[2]}`;
}

/** What closes the innermost open thing; empty for a comment that ends with the line. */
function closerFor(
  { kind, index }: Open,
  text: string,
  closing: string,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): string | undefined {
  const whole = text + closing;
  if (kind === 'comment') {
    if (endsWithLine(syntax, context.prefix + whole)) return '';
    const begin = whole.slice(index);
    return commentEnds.find(([sign]) => sign.test(begin))?.[1];
  }
  if (kind === 'string') return quoteAt(whole, index);
  const closer = closerOf(whole[index] as string);
  if (closer === undefined) return undefined;
  return singleLine || !endsItsLine(text, index)
    ? sameLine(whole, index, closer)
    : ownLine(text, index, closer, context);
}

/** Whether the text goes on below an opening bracket, or would: a block is a block even while it is empty. */
function endsItsLine(text: string, index: number): boolean {
  const after = text.slice(index + 1);
  return (
    /^[ \t]*(\n|(\/\/|#|--).*\n)/.test(after) ||
    (text[index] === '{' && after.trim() === '' && /[)\w>]\s*$/.test(text.slice(0, index)))
  );
}

function sameLine(whole: string, index: number, closer: string): string {
  const spaced = closer === '}' && /^ [^ \n]/.test(whole.slice(index + 1)) && !/\s$/.test(whole);
  return spaced ? ` ${closer}` : closer;
}

/** A closer below, in line with the line that its bracket stands in. */
function ownLine(text: string, index: number, closer: string, context: CompletionContext): string {
  return `\n${indentationAt(text, index, context)}${closer}`;
}

/** The indentation of the line that a place of the text stands in. */
function indentationAt(text: string, index: number, { linePrefix }: CompletionContext): string {
  const line = (linePrefix + text.slice(0, index)).split('\n').at(-1) as string;
  const whole = line.trim() === '' ? line + text.slice(index) : line;
  return whole.slice(0, whole.length - whole.trimStart().length);
}
