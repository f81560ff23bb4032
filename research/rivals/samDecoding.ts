import type { Policy } from '../../src/engine/policy/policy.ts';
import { type Action, type ActionTimes, bestOfEach } from '../../src/learning/actions.ts';
import type { LogRecord } from '../../src/learning/log.ts';
import { type RoundTimes, replay } from '../../src/learning/replay.ts';

const SUFFIX = 'suffix';

/** What the rule can be set to. */
export interface SamOptions {
  /** Shortest match that is copied. */
  readonly threshold: number;
  /** Tokens to copy. */
  readonly length: number;
  /** What is asked below the threshold; plain decoding without it. */
  readonly otherwise: Action | undefined;
}

/** The rule of SAM-Decoding (Hu et al., 2025): copy from the suffix automaton when its match is long, else ask another draft. */
export function samDecoding({ threshold, length, otherwise }: SamOptions): Policy {
  return {
    id: 'sam-decoding',
    uses: (id) => id === SUFFIX || id === otherwise?.draft,
    begin: () => ({
      choose: (sessions) =>
        (sessions.get(SUFFIX)?.matchLength() ?? 0) >= threshold ? { draft: SUFFIX, length } : otherwise,
      observe: () => undefined,
    }),
  };
}

/** 5 is what its authors take. */
const THRESHOLDS = [1, 2, 3, 5, 8];
const LENGTHS = [3, 7, 11, 15, 23];
/** Records are plenty for so few numbers. */
const MOST_RECORDS = 400;

/**
 * The settings with the highest geometric mean speedup on training records: one after the other (threshold, length and
 * the other draft), twice around.
 */
export function tuneSam(training: ActionTimes, times: RoundTimes): SamOptions {
  const step = Math.max(1, Math.floor(training.records.length / MOST_RECORDS));
  const rows = [...training.records.keys()].filter((row) => row % step === 0);
  const others = [undefined, ...bestOfEach(training).filter(({ draft }) => draft !== SUFFIX)];
  const score = (options: SamOptions) => {
    const policy = samDecoding(options);
    const gain = (row: number, record: LogRecord) =>
      Math.log(training.plain[row]! / replay(record, policy, times));
    return rows.reduce((sum, row) => sum + gain(row, training.records[row]!), 0);
  };
  let best: SamOptions = { threshold: 5, length: 11, otherwise: undefined };
  let most = score(best);
  const axes = [
    () => others.map((otherwise) => ({ ...best, otherwise })),
    () => LENGTHS.map((length) => ({ ...best, length })),
    () => THRESHOLDS.map((threshold) => ({ ...best, threshold })),
  ];
  for (const axis of [...axes, ...axes]) {
    for (const options of axis()) {
      const gain = score(options);
      if (gain <= most) continue;
      most = gain;
      best = options;
    }
  }
  return best;
}
