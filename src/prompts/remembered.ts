import type { PromptLayout } from '../runtime/modelFolder.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import {
  assemble,
  type CompletionText,
  fillsMiddle,
  headerTokens,
  lineTokens,
  partsOf,
  roomBeside,
  suffixTokens,
  suffixWindow,
} from './completion.ts';
import { agreement } from './frozenSuffix.ts';
import { keptWindow, type WindowStart } from './keptWindow.ts';
import type { Snippet } from './neighbours.ts';

/** Prompts in a row that may lack the end of a block; nearly always somebody pauses before, and it is shown then. */
const MOST_STALE = 128;
/** Share of the prompt that snippets of other files may take. */
const NEIGHBOUR_SHARE = 0.2;
/** Fewer tokens than this say nothing of another file. */
const LEAST_SNIPPET = 48;

/** A part of a prompt that stays as it is, with its tokens. */
interface KeptText {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** What the last prompt showed. The KV cache holds it, so the next one shows the same where that is sensible. */
export interface ShownPrompt {
  readonly path: string;
  readonly budget: number;
  /** Undefined where the model was not told of a suffix. */
  readonly suffix: KeptText | undefined;
  /** Prompts in a row whose suffix lacked the end of a block. */
  readonly stale: number;
  readonly start: WindowStart;
  readonly neighbours: readonly Snippet[];
  readonly neighbourTokens: readonly number[];
}

export interface RememberedPrompt {
  readonly tokens: number[];
  readonly shown: ShownPrompt;
}

export interface RememberedOptions {
  /** Nobody waits for this prompt: bring up to date what is only near, and move what would have to move soon. */
  readonly idle: boolean;
  /** Snippets to show: those of `kept` that may stay, or others. With `fresh` it may choose anew. */
  readonly neighbours: (kept: readonly Snippet[], fresh: boolean) => readonly Snippet[];
}

/**
 * A completion prompt that shares as much of its beginning with the last one as is sensible. Like the text, the path
 * and the budget, what was shown last is an input: the same requests one after the other give the same prompts.
 */
export function rememberedPrompt(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  text: CompletionText,
  budget: number,
  last: ShownPrompt | undefined,
  options: RememberedOptions,
): RememberedPrompt {
  const before = last?.path === text.path && last.budget === budget ? last : undefined;
  const header = headerTokens(tokenizer, layout, text.path, budget);
  const shown = snippetsOf(tokenizer, layout, budget, before, options);
  const taken = tokenizer.begin.length + header.length + shown.neighbourTokens.length;
  const told = suffixOf(tokenizer, layout, text.suffix, budget - taken, before, options.idle);
  const fills = told.suffix !== undefined;
  const room = roomBeside(taken, budget, fills);
  const parts = partsOf(layout, text.prefix, fills);
  const line = lineTokens(tokenizer, parts.line, room);
  const left = room - (told.suffix?.tokens.length ?? 0) - line.length;
  const window = keptWindow(tokenizer, parts.above, left, before?.start, options.idle);
  const tokens = assemble(tokenizer, layout, {
    neighbours: shown.neighbourTokens,
    header,
    suffix: told.suffix?.tokens,
    above: window.tokens,
    line,
  });
  return { tokens, shown: { path: text.path, budget, ...shown, ...told, start: window.start } };
}

function suffixOf(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  suffix: string,
  budget: number,
  before: ShownPrompt | undefined,
  idle: boolean,
): Pick<ShownPrompt, 'suffix' | 'stale'> {
  const fills = fillsMiddle(tokenizer, layout, suffix);
  const room = roomBeside(0, budget, true);
  const now = fills ? suffixWindow(suffix, room) : '';
  if (before) {
    const agreed = agreement(before.suffix?.text ?? '', now, suffix);
    if (agreed === 'same') return { suffix: before.suffix, stale: 0 };
    if (agreed === 'line') return { suffix: before.suffix, stale: before.stale };
    if (agreed === 'near' && !idle && before.stale < MOST_STALE)
      return { suffix: before.suffix, stale: before.stale + 1 };
  }
  return { suffix: fills ? { text: now, tokens: suffixTokens(tokenizer, now, room) } : undefined, stale: 0 };
}

function snippetsOf(
  tokenizer: Tokenizer,
  layout: PromptLayout,
  budget: number,
  before: ShownPrompt | undefined,
  { idle, neighbours }: RememberedOptions,
): Pick<ShownPrompt, 'neighbours' | 'neighbourTokens'> {
  if (!layout.neighbours) return { neighbours: [], neighbourTokens: [] };
  const kept = before?.neighbours ?? [];
  const chosen = neighbours(kept, idle || before === undefined);
  if (before && sameSnippets(chosen, kept))
    return { neighbours: kept, neighbourTokens: before.neighbourTokens };
  const most = Math.floor(budget * NEIGHBOUR_SHARE);
  const neighbourTokens: number[] = [];
  for (const { path, text } of chosen) {
    const room = most - neighbourTokens.length;
    if (room < LEAST_SNIPPET) break;
    // Cut to size as in training: at any token.
    const header = headerTokens(tokenizer, layout, path, room);
    neighbourTokens.push(...[...header, ...tokenizer.encode(`${text.replace(/\n+$/, '')}\n`)].slice(0, room));
  }
  return { neighbours: chosen, neighbourTokens };
}

function sameSnippets(one: readonly Snippet[], other: readonly Snippet[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ path, text }, i) => path === other[i]!.path && text === other[i]!.text)
  );
}
