import type { PromptLayout } from '../runtime/modelFolder.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import { headText, tailText, tailTokens } from './window.ts';

/** Characters that surely hold one token; keeps the tokenizer from reading a whole large file. */
const CHARS_PER_TOKEN = 4;
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
 * How to prompt a model that brings no card: by the fill-in-the-middle tokens in its vocabulary (the names
 * of Qwen2.5-Coder), else with the text before the cursor alone.
 */
export function layoutOf(tokenizer: Tokenizer): PromptLayout {
  return { order: hasMarks(tokenizer) ? 'prefix-suffix-middle' : 'prefix', header: '' };
}

const MARKS = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'];

function hasMarks(tokenizer: Tokenizer): boolean {
  return MARKS.every((name) => tokenizer.control(name) !== undefined);
}

/**
 * Tokens of a completion prompt of at most `budget` tokens. The text before the cursor stands last, so that
 * typing only appends, wherever the layout allows.
 */
export function completionPrompt(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  text: CompletionText,
  budget: number,
): number[] {
  const header = headerTokens(tokenizer, layout, text.path, Math.floor(budget * HEADER_SHARE));
  const fills = layout.order !== 'prefix' && text.suffix.trim() !== '' && hasMarks(tokenizer);
  const room = Math.max(8, budget - header.length - (fills ? 3 : 0));
  const suffixRoom = fills ? Math.floor(room * SUFFIX_SHARE) : 0;
  const suffix = fills
    ? tokenizer.encode(headText(text.suffix, suffixRoom * CHARS_PER_TOKEN)).slice(0, suffixRoom)
    : [];
  const prefixRoom = room - suffix.length;
  const prefix = tailTokens(
    tokenizer.encode(tailText(text.prefix, prefixRoom * CHARS_PER_TOKEN)),
    prefixRoom,
  );
  if (!fills) return startOf([...header, ...prefix], tokenizer);

  const mark = (name: string) => tokenizer.control(name)!;
  if (layout.order === 'suffix-prefix-middle') {
    return [...header, mark('<|fim_suffix|>'), ...suffix, mark('<|fim_prefix|>'), ...prefix];
  }
  const before = [mark('<|fim_prefix|>'), ...header, ...prefix];
  return [...before, mark('<|fim_suffix|>'), ...suffix, mark('<|fim_middle|>')];
}

/** A prompt must hold at least one token: an empty file starts from a control token, or a line break. */
function startOf(tokens: number[], tokenizer: Tokenizer): number[] {
  if (tokens.length > 0) return tokens;
  const first =
    tokenizer.control('<|file_sep|>') ?? tokenizer.control('<|endoftext|>') ?? tokenizer.control('<s>');
  return first === undefined ? tokenizer.encode('\n') : [first];
}

function headerTokens(tokenizer: Tokenizer, layout: PromptLayout, path: string, budget: number): number[] {
  if (layout.header === '') return [];
  // The path is the user's text: only the template around it may hold control tokens.
  const [before = '', after] = layout.header.split('{path}');
  const start = tokenizer.encodeTemplate(before);
  if (after === undefined) return start;
  let shown = [...path.split(/[\\/]/).slice(-3).join('/')];
  let end = tokenizer.encode(shown.join('') + after);
  // The end of a path says more than its beginning.
  while (start.length + end.length > budget && shown.length > 0) {
    shown = shown.slice(Math.ceil(shown.length / 4));
    end = tokenizer.encode(shown.join('') + after);
  }
  return [...start, ...end];
}
