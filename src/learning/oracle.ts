import { LONGEST } from '../engine/policy/listen.ts';
import { oraclePath } from '../selection/oracle.ts';
import type { ActionTimes } from './actions.ts';
import type { LogRecord } from './log.ts';
import { type RoundTimes, roundMillis } from './replay.ts';

/** Milliseconds of each record with the action that is best for it in hindsight, plain decoding among them. */
export function requestOracle({ plain, millis }: ActionTimes): Float64Array {
  return plain.map((least, row) => millis.reduce((best, of) => Math.min(best, of[row]!), least));
}

/** What the drafts would bring at every position of a record, and what rounds take; arms are places in `drafts`. */
export function oracleProblem(record: LogRecord, drafts: readonly string[], times: RoundTimes) {
  return {
    runs: (at: number) =>
      drafts.map((draft, arm) => ({ arm, steps: Math.min(record.arms[draft]!.right[at]!, LONGEST) })),
    millis: (arm: number, length: number, at: number) =>
      roundMillis(times, arm < 0 ? undefined : drafts[arm], length, record.promptLength + at, 0),
  };
}

/**
 * Milliseconds of a record when in every round the best draft and length are known beforehand. A bound that no policy
 * reaches: it also takes neural drafts to be up to date always.
 * @param drafts ids.
 */
export function roundOracle(record: LogRecord, drafts: readonly string[], times: RoundTimes): number {
  const { runs, millis } = oracleProblem(record, drafts, times);
  return oraclePath(record.kinds.length, runs, millis).millis;
}
