import type { CompletionContext } from './context.ts';
import { readAt } from './reading.ts';
import { kindOf, type Mark, type Syntax } from './syntax.ts';
import { followTags, hasTags, type OpenTags, type Tag, tagsIn } from './tags.ts';
import { hasWordBlocks, type Step, wordSteps } from './wordBlocks.ts';

/** A block that a text opens by a word or a tag, and does not close. */
export interface OpenBlock {
  /** Where it begins, counted from the cursor. */
  readonly index: number;
  /** What closes it. */
  readonly closer: string;
  /** Whether that belongs on a line of its own. */
  readonly ownLine: boolean;
}

/**
 * What a text opens by words, as a shell's `if`, and by tags, and leaves open; outermost first. None where what closes
 * it may stand around the cursor already.
 */
export function openBlocks(
  text: string,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): OpenBlock[] {
  const { language } = context;
  if (hasTags(language)) return openTags(text, context, syntax, singleLine);
  if (!hasWordBlocks(language) || singleLine) return [];
  const left = leftOpen(codeSteps(text, context, syntax));
  if (left.length === 0 || hasLooseWords(context)) return [];
  return left.map(({ index, closer }) => ({ index, closer: closer as string, ownLine: true }));
}

/** The words of a text that open and close blocks; the one that begins before the cursor too. */
function codeSteps(text: string, context: CompletionContext, syntax: Syntax): Step[] {
  const { linePrefix, language } = context;
  const cursor = linePrefix.length;
  const steps = wordSteps(linePrefix + text, language)
    .filter(({ end }) => end > cursor)
    .map((step) => ({ ...step, index: Math.max(0, step.index - cursor), end: step.end - cursor }));
  if (steps.length === 0) return steps;
  const { marks } = readAt(text, context, syntax);
  return steps.filter(({ index }) => !/string|comment/.test(kindOf(marks[index] as Mark)));
}

/** What is opened and not closed, outermost first. A closer without an opener closes what was open before. */
function leftOpen(steps: readonly Step[]): Step[] {
  const open: Step[] = [];
  for (const step of steps) {
    if (step.closer === undefined) open.pop();
    else open.push(step);
  }
  return open;
}

/** Whether closers stand around that lack what they close: they may be those of the text. */
function hasLooseWords({ prefix, suffix, language }: CompletionContext): boolean {
  const steps = wordSteps(prefix + suffix, language);
  return steps.filter(({ closer }) => closer === undefined).length * 2 > steps.length;
}

function openTags(
  text: string,
  context: CompletionContext,
  syntax: Syntax,
  singleLine: boolean,
): OpenBlock[] {
  if (!text.includes('<')) return [];
  const { open } = tagsOf(text, context, syntax);
  const own = open.filter(({ index }) => index >= 0);
  if (own.length === 0 || hasLooseTags(context, syntax)) return [];
  const last = own.at(-1) as Tag;
  // Whoever has begun a tag alone goes on with its attributes.
  if (own.length === 1 && last.end === undefined) return [];
  return own.map(({ index, end, name }) => {
    if (end === undefined) return { index, closer: ' />', ownLine: false };
    const ownLine = !singleLine && /^[ \t]*\n/.test(text.slice(end));
    return { index, closer: `</${name}>`, ownLine };
  });
}

/** The tags around and in a text. Places are counted from the cursor. */
function tagsOf(text: string, context: CompletionContext, syntax: Syntax): OpenTags {
  const { prefix, language } = context;
  const { marks } = readAt(text, context, syntax);
  const before = tagsAbove(context, syntax);
  const whole = prefix + text;
  // A tag may have been begun before the cursor.
  const all = new Uint8Array(whole.length);
  all.set(before.marks.subarray(0, prefix.length));
  all.set(marks.subarray(0, text.length), prefix.length);
  const tags = tagsIn(whole, all, language).map((tag) => ({
    ...tag,
    index: tag.index - prefix.length,
    end: tag.end === undefined ? undefined : tag.end - prefix.length,
  }));
  const own = followTags(
    tags.filter(({ end }) => end === undefined || end > 0),
    language,
    before.open.filter(({ end }) => end !== undefined),
  );
  return { open: own.open, faults: own.faults.filter(({ index }) => index >= 0) };
}

interface Above extends OpenTags {
  readonly prefix: string;
  readonly marks: Uint8Array;
}

/** Of each syntax the text that was read last: every text at one place stands behind the same. */
const lastRead = new WeakMap<Syntax, Above>();

function tagsAbove({ prefix, language }: CompletionContext, syntax: Syntax): Above {
  const last = lastRead.get(syntax);
  if (last?.prefix === prefix) return last;
  const marks = syntax.marks(prefix);
  const tags = tagsIn(prefix, marks, language).map((tag) => ({
    ...tag,
    index: tag.index - prefix.length,
    end: tag.end === undefined ? undefined : tag.end - prefix.length,
  }));
  const above = { prefix, marks, ...followTags(tags, language) };
  lastRead.set(syntax, above);
  return above;
}

/** Whether ends of elements stand below that are not open at the cursor: they may be those of the text. */
function hasLooseTags(context: CompletionContext, syntax: Syntax): boolean {
  const { prefix, suffix, language } = context;
  if (!suffix.includes('</')) return false;
  const { open } = tagsAbove(context, syntax);
  const below = tagsIn(suffix, syntax.marks(prefix + suffix).subarray(prefix.length), language);
  return followTags(below, language, open).faults.length > 0;
}

/**
 * Where an element ends in a text that is not open there, or not the innermost; undefined where none does, or where the
 * document above is in disorder itself.
 */
export function firstTagFault(text: string, context: CompletionContext, syntax: Syntax): number | undefined {
  if (!hasTags(context.language) || context.start > 0 || !text.includes('</')) return undefined;
  if (tagsAbove(context, syntax).faults.length > 0) return undefined;
  return tagsOf(text, context, syntax).faults[0]?.index;
}
