/** Measured times of a target: a row per context length, a column per width of a pass. */
export interface PassTimes {
  /** Tokens scored in one pass, ascending. */
  readonly widths: readonly number[];
  /** Tokens held before the pass, ascending. */
  readonly contexts: readonly number[];
  /** Milliseconds, `millis[context][width]`. */
  readonly millis: readonly (readonly number[])[];
}

/** What a neural draft costs, in milliseconds. */
export interface DraftTimes {
  /** One guessed token. */
  readonly token: number;
  /** One token of text that it has to catch up on, in a wide pass. */
  readonly catchUp: number;
}

/** What a machine reads from memory and multiplies at most, measured. */
export interface MachineSpeed {
  readonly bytesPerMilli: number;
  /** Multiplications with addition of 8 bit numbers. */
  readonly productsPerMilli: number;
}

/** What a pass has to read, and to multiply for each row. */
export interface PassWork {
  /** Bytes of all weights. */
  readonly bytes: number;
  /** Weights, each multiplied once in a row. */
  readonly weights: number;
}

/** What a machine takes for a target and its drafts. */
export interface CostTable {
  readonly target: PassTimes;
  /** By draft id. Drafts that copy are not listed: their time is lost in that of a pass. */
  readonly drafts: Readonly<Record<string, DraftTimes>>;
}

/**
 * Time of a pass of `width` tokens after `context` tokens, in milliseconds: linear between what was measured
 * and level beyond it in context; beyond the widest pass it goes on with the last slope.
 */
export function passMillis({ widths, contexts, millis }: PassTimes, width: number, context: number): number {
  const row = (i: number) => interpolate(widths, millis[i]!, width);
  const above = contexts.findIndex((each) => each >= context);
  if (above <= 0) return row(above === 0 ? 0 : contexts.length - 1);
  const share = (context - contexts[above - 1]!) / (contexts[above]! - contexts[above - 1]!);
  return (1 - share) * row(above - 1) + share * row(above);
}

/**
 * The least that a pass of `width` rows can take, in milliseconds: every weight is read once, and multiplied once for each row; the
 * attention, which grows with the context, is left out.
 */
export function leastPassMillis({ bytes, weights }: PassWork, machine: MachineSpeed, width: number): number {
  return Math.max(bytes / machine.bytesPerMilli, (width * weights) / machine.productsPerMilli);
}

/** Rows that a target makes of `rows`: its passes are padded to an even number, at least two. */
export function paddedRows(rows: number): number {
  return Math.max(2, rows + (rows % 2));
}

/** Rows of a slice of the prompt: kernels like multiples of a tile, and much narrower slices read far slower. */
const SLICE_STEP = 16;
const WIDEST_SLICE = 64;

/**
 * The most tokens of a prompt that are read in `most` milliseconds behind half of the context, since a pass cannot be stopped:
 * a multiple of 16 up to 64, and 16 where even that takes longer.
 */
export function sliceWithin(times: PassTimes, most: number): number {
  const context = times.contexts[times.contexts.length >> 1] ?? 0;
  let slice = WIDEST_SLICE;
  while (slice > SLICE_STEP && passMillis(times, slice, context) > most) slice -= SLICE_STEP;
  return slice;
}

/** Time of `tokens` guesses of a draft that has not seen the last `behind` tokens of text, in milliseconds. */
export function draftMillis(table: CostTable, draft: string, tokens: number, behind: number): number {
  const times = table.drafts[draft];
  return times ? tokens * times.token + Math.max(0, behind - 1) * times.catchUp : 0;
}

/** Text that a draft has not read yet is read once for so many rounds to come. */
const ROUNDS_TO_COME = 8;
/** What is behind after a round or two; more than this is a prompt that was not read. */
const FRESH_TEXT = 16;

/** Tokens of the `behind` that a draft has not read which count for one round: those of a prompt serve the rounds to come too. */
export function behindInRound(behind: number): number {
  const unread = Math.max(0, behind - FRESH_TEXT);
  return behind - unread + unread / ROUNDS_TO_COME;
}

/** Value at `x` of the straight lines through (xs, ys), xs ascending; the last slope goes on beyond the end. */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const last = xs.length - 1;
  if (last < 1 || x <= xs[0]!) return ys[0]!;
  let above = xs.findIndex((each) => each >= x);
  if (above < 0) above = last;
  const slope = (ys[above]! - ys[above - 1]!) / (xs[above]! - xs[above - 1]!);
  return Math.max(ys[above - 1]! + slope * (x - xs[above - 1]!), 0);
}
