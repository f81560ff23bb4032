import type { RecurrentModel } from '../engine/drafts/neural/stateDraft.ts';
import type { StepModel } from '../engine/drafts/neural/stepGuesser.ts';
import { type DraftTimes, interpolate, type PassTimes } from '../engine/policy/costs.ts';
import type { Target } from '../engine/target.ts';

/** Tokens of the passes that are timed, the most telling first: what time does not allow is interpolated. */
const WIDTHS = [2, 16, 8, 4, 32, 6, 12, 64, 24, 48];
/** Shares of the context at which passes are timed. */
const CONTEXT_SHARES = [0.1, 0.45, 0.8];
/** Passes of one kind; the fastest counts, since whatever else the machine does only makes a pass slower. */
const REPEATS = 3;
/** A pass this wide tells what catching up costs. */
const CATCH_UP_WIDTH = 32;

/**
 * Time the target at several widths and context lengths. Leaves it empty.
 * @param budget milliseconds after which the widths that are left are interpolated from those measured, and longer contexts are left
 *   out: to read them may take as long as all passes together.
 * @throws the signal's reason once it is aborted, a pass later.
 */
export async function measureTarget(model: Target, budget: number, signal?: AbortSignal): Promise<PassTimes> {
  const started = performance.now();
  const room = model.contextLength;
  const widths = WIDTHS.filter((width) => width <= room / 8);
  const contexts = CONTEXT_SHARES.map((share) => Math.floor(share * room));
  const ascending = [...widths].sort((a, b) => a - b);
  const millis: number[][] = [];
  model.truncate(0);
  for (const [i, context] of contexts.entries()) {
    if (i > 0 && performance.now() - started > (budget * i) / contexts.length) break;
    await fill(model, context, signal);
    const times = new Map<number, number>();
    for (const width of widths) {
      const late = performance.now() - started > (budget * (i + 1)) / contexts.length;
      if (times.size >= 2 && late) break;
      times.set(width, await fastest(model, context, width, signal));
    }
    const known = ascending.filter((width) => times.has(width));
    const values = known.map((width) => times.get(width)!);
    millis.push(
      plausible(
        ascending,
        ascending.map((width) => interpolate(known, values, width)),
      ),
    );
  }
  model.truncate(0);
  return { widths: ascending, contexts: contexts.slice(0, millis.length), millis };
}

/** Whether a table lacks the longer contexts, because it was measured while somebody waited. */
export function isPartial({ contexts }: PassTimes): boolean {
  return contexts.length < CONTEXT_SHARES.length;
}

/** A further row costs at least and at most this share of the narrowest pass, on every machine seen. */
const LEAST_ROW = 0.04;
const MOST_ROW = 0.5;

/** Times that whatever else the machine did has spoilt are brought back between these bounds. */
function plausible(widths: readonly number[], millis: readonly number[]): number[] {
  const first = Math.min(...millis.filter((each) => each > 0));
  const kept = [first];
  for (let i = 1; i < widths.length; i++) {
    const rows = widths[i]! - widths[i - 1]!;
    const least = kept[i - 1]! + rows * LEAST_ROW * first;
    const most = kept[i - 1]! + rows * MOST_ROW * first;
    kept.push(Math.min(most, Math.max(least, millis[i]!)));
  }
  return kept;
}

/** Time a draft's model. Leaves it empty. */
export async function measureDraft(model: Target): Promise<DraftTimes> {
  const context = Math.min(64, model.contextLength - CATCH_UP_WIDTH - 2);
  model.truncate(0);
  await fill(model, context);
  const token = await fastest(model, context, 1);
  const catchUp = (await fastest(model, context, CATCH_UP_WIDTH)) / CATCH_UP_WIDTH;
  model.truncate(0);
  return { token, catchUp };
}

/** Tokens of a guess that is timed, and how often it is. */
const GUESS = 4;
const GUESSES = 20;

/** Time a draft's model that goes token by token; what it holds is overwritten. */
export function measureSteps(model: StepModel): DraftTimes {
  const context = Math.min(256, model.contextLength - GUESS);
  let position = 0;
  for (const token of someTokens(context)) model.read(token, position++);
  let token = Number.POSITIVE_INFINITY;
  let catchUp = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < GUESSES; repeat++) {
    const started = performance.now();
    for (let i = 0; i < GUESS; i++) model.read(20 + i, context + i);
    const read = performance.now();
    for (let i = 0; i < GUESS; i++) model.predict();
    catchUp = Math.min(catchUp, (read - started) / GUESS);
    token = Math.min(token, (performance.now() - started) / GUESS);
  }
  return { token, catchUp };
}

/** Time a draft that reads a target's states; a guess is one of several behind one state. */
export function measureStates(model: RecurrentModel): DraftTimes {
  const given = Float32Array.from({ length: model.size }, (_, i) => (i % 7) - 3);
  let token = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < GUESSES; repeat++) {
    const started = performance.now();
    model.begin(given);
    for (let i = 0; i < GUESS; i++) {
      model.step(20 + i);
      model.predict();
    }
    token = Math.min(token, (performance.now() - started) / GUESS);
  }
  return { token, catchUp: 0 };
}

/** Tokens that are read at once to fill a model. */
const FILLING = 64;

async function fill(model: Target, length: number, signal?: AbortSignal): Promise<void> {
  while (model.length < length) {
    signal?.throwIfAborted();
    await model.score(someTokens(Math.min(FILLING, length - model.length)), 'nothing');
  }
}

async function fastest(model: Target, context: number, width: number, signal?: AbortSignal): Promise<number> {
  const tokens = someTokens(width);
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    signal?.throwIfAborted();
    const started = performance.now();
    await model.score(tokens, 'argmax');
    best = Math.min(best, performance.now() - started);
    model.truncate(context);
  }
  return best;
}

/** `count` different tokens that every vocabulary has. */
export function someTokens(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 20 + ((i * 37) % 80));
}
