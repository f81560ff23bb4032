import { firstTagFault } from '../blocks.ts';
import type { CompletionContext } from '../context.ts';
import { itemOf } from '../item.ts';
import { hasBrackets } from '../language.ts';
import { imbalanceAt, type Reading, readAt } from '../reading.ts';
import { type Filter, type FilterContext, keep } from './filter.ts';

/** Cuts are tried from the text's end; a text that needs more of them is not worth it. */
const mostCuts = 6;

/**
 * Cuts a text where it would leave the file out of balance: before a bracket that closes nothing, or another one than the
 * innermost; before one that stands below already; before a string that breaks off, or what cannot be closed.
 */
export const unbalanced: Filter = (text, context) => {
  if (!hasBrackets(context.completion.language)) return text;
  let kept = text;
  for (let cuts = 0; cuts < mostCuts; cuts++) {
    const end = faultIn(kept.trimEnd(), context);
    if (end === undefined) return kept;
    const next = keep(kept, end, 'unbalanced');
    if (typeof next !== 'string') return next;
    kept = next;
  }
  return { drop: 'unbalanced' };
};

/** Where the text has to end instead; undefined when it may stay. */
function faultIn(text: string, context: FilterContext): number | undefined {
  const { completion, syntax, singleLine } = context;
  const reading = readAt(text, completion, syntax);
  const within = ownFault(reading, completion);
  const tag = firstTagFault(text, completion, syntax);
  if (within !== undefined || tag !== undefined) return Math.min(within ?? text.length, tag ?? text.length);
  const item = itemOf(text, completion, syntax, singleLine);
  if (item) {
    const { prefix, suffix, linePrefix } = completion;
    const after = prefix + item.insertText.slice(linePrefix.length) + suffix.slice(item.after);
    const before = imbalanceAt(completion, prefix + suffix, syntax);
    if (imbalanceAt(completion, after, syntax) <= before) return undefined;
  }
  // What it closes may stand below already; else what it opens is the fault.
  const last = reading.outer.at(-1);
  if (reading.own.length === 0 && last) return startOfCloser(text, last.end);
  return reading.own[0]?.index;
}

/** The first place where the text is wrong whatever follows. */
function ownFault({ surplus, crossed, broken }: Reading, { start }: CompletionContext): number | undefined {
  // Above a text that was cut may be open what is closed here.
  const places = [...(start === 0 ? surplus : []), ...crossed, ...broken];
  return places.length > 0 ? Math.min(...places) : undefined;
}

/** Where a closer begins: a bracket is one sign, the quotes of a long string are several. */
function startOfCloser(text: string, end: number): number {
  const quotes = /("""|'''|["'`])#*$/.exec(text.slice(0, end));
  return quotes ? quotes.index : end - 1;
}
