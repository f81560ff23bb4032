import type { Policy } from '../engine/policy/policy.ts';
import { seededRandom } from '../measure/statistics.ts';
import { shuffle } from '../selection/shuffle.ts';
import type { LogRecord } from './log.ts';
import { type RoundTimes, replay } from './replay.ts';

/** What a policy may know, from least to most. */
export type Kind = 'plain' | 'fixed' | 'rule' | 'online' | 'learned' | 'bound';

/** A policy that takes part. */
export interface Contestant {
  readonly id: string;
  readonly kind: Kind;
  /** Times that it is run, each with another seed; 1 for what is not random. */
  readonly seeds: number;
  make(seed: number): Policy;
}

/** How a contestant did. */
export interface ContestRun {
  readonly id: string;
  readonly kind: Kind;
  /** Milliseconds: shape [seeds][records]. */
  readonly millis: readonly Float64Array[];
  readonly rounds: number;
  readonly tokens: number;
  /** Rounds by language and draft ('none' for plain ones). */
  readonly picks: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * Let a contestant decode all records. With several seeds each goes through them in an order of its own, since policies
 * that learn while they decode depend on it.
 */
export function run(contestant: Contestant, records: readonly LogRecord[], times: RoundTimes): ContestRun {
  const { id, kind, seeds } = contestant;
  const picks = new Map<string, Map<string, number>>();
  let rounds = 0;
  let tokens = 0;
  const millis = Array.from({ length: seeds }, (_, seed) => {
    const policy = contestant.make(seed);
    const order = [...records.keys()];
    if (seeds > 1) shuffle(order, seededRandom(1000 + seed));
    const own = new Float64Array(records.length);
    for (const at of order) {
      const record = records[at]!;
      const chosen = picks.get(record.language) ?? new Map<string, number>();
      picks.set(record.language, chosen);
      own[at] = replay(record, policy, times, ({ draft = 'none', accepted }) => {
        rounds++;
        tokens += accepted + 1;
        chosen.set(draft, (chosen.get(draft) ?? 0) + 1);
      });
    }
    return own;
  });
  return { id, kind, millis, rounds, tokens, picks };
}

/** Speedup over plain decoding of each record, the geometric mean over seeds: shape [records]. */
export function speedups({ millis }: Pick<ContestRun, 'millis'>, plain: Float64Array): Float64Array {
  return plain.map((time, at) =>
    Math.exp(millis.reduce((sum, own) => sum + Math.log(time / own[at]!), 0) / millis.length),
  );
}

/** Geometric mean; NaN of nothing. */
export function geomean(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += Math.log(value);
    count++;
  }
  return Math.exp(sum / count);
}

/** Records by a property, most first; those without it are left out. @returns positions of the records of each value. */
export function partition(
  records: readonly LogRecord[],
  of: (record: LogRecord) => string | undefined,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [at, record] of records.entries()) {
    const value = of(record);
    if (!value) continue;
    const group = groups.get(value);
    if (group) group.push(at);
    else groups.set(value, [at]);
  }
  return new Map([...groups].sort((a, b) => b[1].length - a[1].length || a[0].localeCompare(b[0])));
}
