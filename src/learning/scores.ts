import { markdownTable } from 'markdown-table';
import { geometricMeanOverSeeds, type Interval } from '../measure/statistics.ts';
import { type ContestRun, geomean, type Kind, partition, speedups } from './contest.ts';
import type { World } from './world.ts';

/** How a policy did on the test requests; all times are replayed with the cost table of the log's machine. */
export interface Score {
  readonly id: string;
  readonly kind: Kind;
  readonly seeds: number;
  /** Over plain decoding, with the interval over requests and seeds. */
  readonly speedup: Interval;
  /** Lowest and highest over seeds. */
  readonly overSeeds: readonly [number, number];
  /** Share of the way from the best fixed draft to the oracle per round; undefined where there is no way. */
  readonly gap: number | undefined;
  /** Mean tokens and milliseconds of a round; undefined for oracles. */
  readonly round: { readonly tokens: number; readonly millis: number } | undefined;
  readonly byLanguage: Readonly<Record<string, number>>;
  readonly byClass: Readonly<Record<string, number>>;
}

/** The id of the best fixed draft and length, from which the gap to the oracle is counted. */
export const BEST_FIXED = 'best fixed';

/** What is known beforehand, as if a policy had done it. @param millis shape [records]. */
export function bound(id: string, millis: Float64Array): ContestRun {
  return { id, kind: 'bound', millis: [millis], rounds: 0, tokens: 0, picks: new Map() };
}

/** How runs on the test requests did. @param runs the one of {@link BEST_FIXED} among them. */
export function scoresOf(runs: readonly ContestRun[], { test, oracle }: World): Score[] {
  const of = (run: Pick<ContestRun, 'millis'>) => geomean(speedups(run, test.plain));
  const low = of(runs.find(({ id }) => id === BEST_FIXED)!);
  const high = of({ millis: [oracle] });
  const gap = (speedup: number) => (high - low > 1e-9 ? (speedup - low) / (high - low) : undefined);
  return runs.map((each) => scoreOf(each, test, gap));
}

function scoreOf(each: ContestRun, test: World['test'], gap: (speedup: number) => number | undefined): Score {
  const own = speedups(each, test.plain);
  const seeds = each.millis.map((millis) => geomean(speedups({ millis: [millis] }, test.plain)));
  const by = (of: Parameters<typeof partition>[1]) =>
    Object.fromEntries(
      [...partition(test.records, of)].map(([value, rows]) => [value, geomean(rows.map((row) => own[row]!))]),
    );
  const total = each.millis.reduce((sum, millis) => sum + millis.reduce((a, b) => a + b, 0), 0);
  return {
    id: each.id,
    kind: each.kind,
    seeds: each.millis.length,
    speedup: geometricMeanOverSeeds(each.millis.map((millis) => speedups({ millis: [millis] }, test.plain))),
    overSeeds: [Math.min(...seeds), Math.max(...seeds)],
    gap: gap(geomean(own)),
    round: each.rounds > 0 ? { tokens: each.tokens / each.rounds, millis: total / each.rounds } : undefined,
    byLanguage: by(({ language }) => language),
    byClass: by((record) => record.class),
  };
}

/** Scores as a table in Markdown. */
export function scoresTable(scores: readonly Score[]): string {
  return markdownTable([
    ['policy', 'speedup (95 %)', 'over seeds', 'gap closed', 'tokens a round', 'ms a round'],
    ...scores.map(({ id, speedup, overSeeds, gap, round, seeds }) => [
      id,
      `${times(speedup.geomean)} (${times(speedup.low)}–${times(speedup.high)})`,
      seeds > 1 ? `${times(overSeeds[0])}–${times(overSeeds[1])}` : '',
      gap === undefined ? '' : `${Math.round(100 * gap)} %`,
      round ? round.tokens.toFixed(2) : '',
      round ? round.millis.toFixed(2) : '',
    ]),
  ]);
}

const times = (value: number) => value.toFixed(2);
