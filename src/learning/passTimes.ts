import { interpolate, type PassTimes, paddedRows, passMillis } from '../engine/policy/costs.ts';
import type { LogRecord } from './log.ts';

/** Passes of a kind that are needed before their time counts. */
const ENOUGH = 20;
/** The fastest tenth: whatever else a machine does only makes a pass slower. */
const FAST = 0.1;

/**
 * Times of passes as they were while the requests were decoded: the fastest tenth of the passes of each width, and how
 * much longer they take behind more context. A table that was measured in a moment when the machine was busy is mended so.
 * Widths of which there were too few passes keep their ratio to the widths beside them.
 *
 * @param measured the table that was measured beforehand; its widths and contexts are kept.
 */
export function timedPasses(records: readonly LogRecord[], measured: PassTimes): PassTimes {
  const passes = records.flatMap(({ passes = [] }) => passes);
  const { widths, contexts } = measured;
  const middle = contexts[Math.floor(contexts.length / 2)]!;
  const known: number[] = [];
  const ratios: number[] = [];
  for (const width of widths) {
    const own = passes.filter(([rows]) => paddedRows(rows) === width).map(([, , micros]) => micros);
    if (own.length < ENOUGH) continue;
    known.push(width);
    ratios.push(fast(own) / 1000 / passMillis(measured, width, middle));
  }
  if (known.length === 0) return measured;
  // A pass over the fast time of its width says what its context costs.
  const narrow = known[0]!;
  const base = passes.filter(([rows]) => rows + (rows % 2) === narrow);
  const all = fast(base.map(([, , micros]) => micros));
  const shares = contexts.map((context, i) => {
    const from = i === 0 ? 0 : (contexts[i - 1]! + context) / 2;
    const to = i + 1 < contexts.length ? (context + contexts[i + 1]!) / 2 : Number.POSITIVE_INFINITY;
    const own = base.filter(([, held]) => held >= from && held < to).map(([, , micros]) => micros);
    return own.length < ENOUGH ? undefined : fast(own) / all;
  });
  const row = widths.map((width) => passMillis(measured, width, middle) * level(known, ratios, width));
  const millis = contexts.map((_, i) => row.map((each) => each * (shares[i] ?? nearest(shares, i))));
  return { widths, contexts, millis };
}

function fast(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(FAST * (sorted.length - 1))]!;
}

/** Straight between what is known, level beyond it. */
function level(xs: readonly number[], ys: readonly number[], x: number): number {
  return x >= xs[xs.length - 1]! ? ys[ys.length - 1]! : interpolate(xs, ys, x);
}

function nearest(values: readonly (number | undefined)[], at: number): number {
  for (let distance = 1; distance < values.length; distance++) {
    const value = values[at - distance] ?? values[at + distance];
    if (value !== undefined) return value;
  }
  return 1;
}
