// This folder: the prompt of a completion or a task, windows that let typing only append.

import { UserError } from '../errors.ts';
import type { ModelFolder, PromptLayout } from '../runtime/modelFolder.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import { headerOf, marksOf, USUAL_MARKS } from './families.ts';
import { CHARS_PER_TOKEN } from './keptWindow.ts';
import { headText, tailText, tailTokens } from './window.ts';

/** Share of the prompt that the text after the cursor may take. */
const SUFFIX_SHARE = 0.25;
/** Share that the header may take: a path in a script foreign to the tokenizer can be hundreds of tokens. */
const HEADER_SHARE = 0.25;

export interface CompletionText {
  /** Path as it should be shown to the model, `/` between folders. */
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * How to prompt a model: as its card says; what that leaves open, by the marks in its vocabulary (`families.ts`). Without any it is
 * shown the text before the cursor alone, under its family's header.
 *
 * @throws UserError `model-broken` when the card wants the text after the cursor told and the vocabulary lacks a mark for it:
 * to leave that text out silently would look like a bad model.
 */
export function layoutOf(tokenizer: Tokenizer, folder?: ModelFolder): PromptLayout {
  const told = folder?.card?.prompt;
  const marks = marksOf(tokenizer);
  const order = told?.order ?? marks?.order ?? 'prefix';
  const header = told?.header ?? (marks ? undefined : headerOf(tokenizer)) ?? '';
  if (order === 'prefix' || canFill(marks, order)) return { ...told, order, header };
  const missing = USUAL_MARKS.filter((name) => tokenizer.control(name) === undefined);
  throw new UserError(
    'model-broken',
    `slipstream.json in ${folder!.path} wants the text after the cursor in the prompt, but ${folder!.tokenizer} has no ` +
      `${missing.join(', ')} among its added_tokens. Add what is missing, or set prompt.order to "prefix".`,
  );
}

/** Whether marks suffice for an order: with the suffix last, something must say where the middle begins. */
function canFill(marks: ReturnType<typeof marksOf>, order: PromptLayout['order']): boolean {
  return marks !== undefined && (order === 'suffix-prefix-middle' || marks.middle !== undefined);
}

/** Tokens that marks take of a prompt. */
const MARKS = 3;

/**
 * Tokens of a completion prompt of at most `budget` tokens, a function of the text alone. The text before the cursor
 * stands last, so that typing only appends, wherever the layout allows.
 */
export function completionPrompt(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  text: CompletionText,
  budget: number,
): number[] {
  const header = headerTokens(tokenizer, layout, text.path, budget);
  const fills = fillsMiddle(tokenizer, layout, text.suffix);
  const room = roomBeside(tokenizer.begin.length + header.length, budget, fills);
  const suffix = fills ? suffixTokens(tokenizer, suffixWindow(text.suffix, room), room) : undefined;
  const parts = partsOf(layout, text.prefix, fills);
  const line = lineTokens(tokenizer, parts.line, room);
  const left = room - (suffix?.length ?? 0) - line.length;
  const above = tailTokens(tokenizer.encode(tailText(parts.above, left * CHARS_PER_TOKEN)), left);
  return assemble(tokenizer, layout, { neighbours: [], header, suffix, above, line });
}

/** The parts of a prompt in tokens. */
export interface PromptParts {
  readonly neighbours: readonly number[];
  readonly header: readonly number[];
  /** Undefined where nothing stands behind the cursor or the model cannot be told. */
  readonly suffix: readonly number[] | undefined;
  readonly above: readonly number[];
  /** Only where the layout puts the cursor's line behind the suffix. */
  readonly line: readonly number[];
}

/**
 * Put the parts in the order of the layout. What changes with each keystroke stands last: where the model wants the
 * suffix behind the prefix, the cursor's line goes behind the mark of the middle (llama.vim's geometry).
 */
export function assemble(tokenizer: Tokenizer, layout: PromptLayout, parts: PromptParts): number[] {
  const { header, suffix, above, line } = parts;
  const neighbours = [...tokenizer.begin, ...parts.neighbours];
  const marks = marksOf(tokenizer);
  if (!suffix || !marks) return startOf([...neighbours, ...header, ...above, ...line], tokenizer);
  if (layout.order === 'suffix-prefix-middle') {
    return [...neighbours, ...header, marks.suffix, ...suffix, marks.prefix, ...above, ...line];
  }
  const before = [...neighbours, marks.prefix, ...header, ...above];
  return [...before, marks.suffix, ...suffix, marks.middle!, ...line];
}

/** Whether the model is to be told of the text after the cursor. */
export function fillsMiddle(tokenizer: Tokenizer, layout: PromptLayout, suffix: string): boolean {
  return layout.order !== 'prefix' && suffix.trim() !== '' && canFill(marksOf(tokenizer), layout.order);
}

/** Tokens left for the text around the cursor beside `others`. */
export function roomBeside(others: number, budget: number, fills: boolean): number {
  return Math.max(8, budget - others - (fills ? MARKS : 0));
}

/** The part of the text after the cursor that is shown. */
export function suffixWindow(suffix: string, room: number): string {
  return headText(suffix, suffixRoom(room) * CHARS_PER_TOKEN);
}

export function suffixTokens(tokenizer: Tokenizer, window: string, room: number): readonly number[] {
  return tokenizer.encode(window).slice(0, suffixRoom(room));
}

function suffixRoom(room: number): number {
  return Math.floor(room * SUFFIX_SHARE);
}

/** The text before the cursor as the layout splits it: with the suffix in between it is cut at the cursor's line. */
export function partsOf(
  layout: PromptLayout,
  prefix: string,
  fills: boolean,
): { above: string; line: string } {
  const split =
    fills && layout.order === 'prefix-suffix-middle' ? prefix.lastIndexOf('\n') + 1 : prefix.length;
  return { above: prefix.slice(0, split), line: prefix.slice(split) };
}

/** The end of the cursor's line, at most half of the room. */
export function lineTokens(tokenizer: Tokenizer, line: string, room: number): readonly number[] {
  return tailTokens(tokenizer.encode(tailText(line, room * CHARS_PER_TOKEN)), Math.floor(room / 2));
}

/** A prompt must hold at least one token: an empty file starts from a control token, or a line break. */
function startOf(tokens: number[], tokenizer: Tokenizer): number[] {
  if (tokens.length > 0) return tokens;
  const first =
    tokenizer.control('<|file_sep|>') ?? tokenizer.control('<|endoftext|>') ?? tokenizer.control('<s>');
  return first === undefined ? tokenizer.encode('\n') : [first];
}

/** The layout's header with the path in it, within its share of `budget`. */
export function headerTokens(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  path: string,
  budget: number,
): readonly number[] {
  if (layout.header === '') return [];
  const most = Math.floor(budget * HEADER_SHARE);
  // The path is the user's text: only the template around it may hold control tokens.
  const [before = '', after] = layout.header.split('{path}');
  const start = tokenizer.encodeTemplate(before);
  if (after === undefined) return start;
  let shown = [...path.split(/[\\/]/).slice(-3).join('/')];
  let end = tokenizer.encode(shown.join('') + after);
  // The end of a path says more than its beginning.
  while (start.length + end.length > most && shown.length > 0) {
    shown = shown.slice(Math.ceil(shown.length / 4));
    end = tokenizer.encode(shown.join('') + after);
  }
  return [...start, ...end];
}
