import type { Tokenizer } from '../runtime/tokenizer.ts';
import { lineStart } from './window.ts';

/** Characters that surely hold one token; keeps the tokenizer from reading a whole large file. */
export const CHARS_PER_TOKEN = 4;
/** How full a new window is: what is left is room for typing, and without it each move would be followed by another. */
const FILL = 0.75;
/** A window that holds less than this, though there is more text, is no good description any more. */
const LEAST_FILL = 0.5;
/** A window fuller than this is moved while nobody waits for it. */
const IDLE_FILL = 0.875;
/** Characters by which the start of a window is found again. */
const ANCHOR = 160;

/** Where a window on the text before the cursor begins. */
export interface WindowStart {
  /** Characters of the text in front of it. */
  readonly at: number;
  /** Its first characters: a later text may have been cut elsewhere. */
  readonly anchor: string;
}

export interface KeptWindow {
  readonly start: WindowStart;
  readonly tokens: readonly number[];
  /** Whether it begins where the last one began. */
  readonly kept: boolean;
}

/**
 * A window of at most `room` tokens on the end of `text`. It begins where the last one began as long as it fits and
 * holds enough, so that typing only appends; else at a line that leaves room for typing.
 * @param idle nobody waits: move a window that is nearly full already now.
 */
export function keptWindow(
  tokenizer: Tokenizer,
  text: string,
  room: number,
  before: WindowStart | undefined,
  idle: boolean,
): KeptWindow {
  const most = (idle ? IDLE_FILL : 1) * room;
  const at = before && findStart(text, before);
  if (at !== undefined && text.length - at <= 2 * room * CHARS_PER_TOKEN) {
    const tokens = tokenizer.encode(text.slice(at));
    const enough = at === 0 || tokens.length >= LEAST_FILL * room;
    if (enough && tokens.length <= most) return { start: startAt(text, at), tokens, kept: true };
  }
  return { ...fitting(tokenizer, text, room, most), kept: false };
}

function startAt(text: string, at: number): WindowStart {
  return { at, anchor: text.slice(at, at + ANCHOR) };
}

function findStart(text: string, { at, anchor }: WindowStart): number | undefined {
  if (text.startsWith(anchor, at)) return at;
  const found = anchor.length < ANCHOR ? -1 : text.indexOf(anchor);
  return found < 0 ? undefined : found;
}

/** The whole text if it has at most `whole` tokens, else its end from a line on. */
function fitting(tokenizer: Tokenizer, text: string, room: number, whole: number): Omit<KeptWindow, 'kept'> {
  const fill = FILL * room;
  let at = lineStart(text, Math.max(0, text.length - room * CHARS_PER_TOKEN));
  let tokens = tokenizer.encode(text.slice(at));
  while (tokens.length > (at === 0 ? whole : fill)) {
    const over = Math.ceil((text.length - at) * (1 - fill / tokens.length));
    at = lineStart(text, at + Math.max(1, over));
    tokens = tokenizer.encode(text.slice(at));
  }
  return { start: startAt(text, at), tokens };
}
