import { markdownTable } from 'markdown-table';
import type { ArmSample } from './arms.ts';
import { geometricMean, type Interval } from './statistics.ts';

export interface ArmSummary {
  readonly tokens: number;
  readonly millis: number;
  readonly tokensPerSecond: number;
  /** Mean tokens per target pass. */
  readonly tau: number;
  /** Over `none`, geometric mean over prompts. */
  readonly speedup: Interval;
  /** Prompts whose every token was that of `none`. */
  readonly identical: number;
  readonly of: number;
}

export interface ArmReport extends ArmSummary {
  readonly byLanguage: Readonly<Record<string, ArmSummary>>;
  /** By the prompts' class, kind and natural language, as far as they have one. */
  readonly byClass: Readonly<Record<string, ArmSummary>>;
  readonly byKind: Readonly<Record<string, ArmSummary>>;
  readonly byNaturalLanguage: Readonly<Record<string, ArmSummary>>;
}

/** What the rightmost columns of a table can be. */
export type Breakdown = 'byLanguage' | 'byClass' | 'byKind' | 'byNaturalLanguage';

/** Sum up the samples of a run; `none` must be among the arms. */
export function summarize(samples: readonly ArmSample[]): Record<string, ArmReport> {
  const base = new Map(samples.filter(({ arm }) => arm === 'none').map((s) => [s.prompt.id, s.millis]));
  const report: Record<string, ArmReport> = {};
  for (const [arm, own] of groupBy(samples, (sample) => sample.arm)) {
    const by = (key: 'language' | 'class' | 'kind' | 'naturalLanguage') => {
      const some = own.filter(({ prompt }) => prompt[key] !== undefined);
      const groups = groupBy(some, ({ prompt }) => prompt[key]!);
      return Object.fromEntries([...groups].map(([value, each]) => [value, summary(each, base)]));
    };
    report[arm] = {
      ...summary(own, base),
      byLanguage: by('language'),
      byClass: by('class'),
      byKind: by('kind'),
      byNaturalLanguage: by('naturalLanguage'),
    };
  }
  return report;
}

function summary(samples: readonly ArmSample[], base: ReadonlyMap<string, number>): ArmSummary {
  const sum = (value: (sample: ArmSample) => number) =>
    samples.reduce((total, each) => total + value(each), 0);
  const tokens = sum((sample) => sample.tokens);
  const millis = sum((sample) => sample.millis);
  return {
    tokens,
    millis,
    tokensPerSecond: (1000 * tokens) / millis,
    tau: tokens / sum((sample) => sample.rounds),
    speedup: geometricMean(samples.map((sample) => base.get(sample.prompt.id)! / sample.millis)),
    identical: samples.filter((sample) => sample.identical).length,
    of: samples.length,
  };
}

/**
 * The report as a table in Markdown, which reads well on a terminal too; the last columns are the speedups in each
 * part of the breakdown.
 */
export function table(
  report: Readonly<Record<string, ArmReport>>,
  breakdown: Breakdown = 'byLanguage',
): string {
  const rows = [['arm', 'tokens/s', 'tau', 'speedup over none (95 %)', 'identical']];
  const parts = [
    ...new Set(Object.values(report).flatMap((arm) => Object.keys(arm[breakdown] ?? {}))),
  ].sort();
  rows[0]!.push(...parts);
  for (const [arm, all] of Object.entries(report)) {
    const { geomean, low, high } = all.speedup;
    rows.push([
      arm,
      all.tokensPerSecond.toFixed(0),
      all.tau.toFixed(2),
      `${geomean.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
      `${all.identical} of ${all.of}`,
      ...parts.map((part) => all[breakdown]?.[part]?.speedup.geomean.toFixed(2) ?? ''),
    ]);
  }
  return markdownTable(rows);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
