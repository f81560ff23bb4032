import { markdownTable } from 'markdown-table';
import { geometricMean, type Interval, median } from '../../src/measure/statistics.ts';

/** What one arm did on one prompt: medians over repeats, in milliseconds a token. */
export interface PeerSample {
  readonly arm: string;
  readonly prompt: string;
  readonly language: string;
  readonly perToken: number;
  /** Of `perToken`, what the engine counts as its own passes. */
  readonly inside: number | undefined;
  readonly prefillPerToken: number;
  readonly tokens: number;
  /** Tokens before the first that differs from what `none` wrote. */
  readonly agreed: number;
}

export interface PeerSummary {
  readonly prompts: number;
  readonly tokens: number;
  /** Time of all prompts by all of their tokens. */
  readonly millisPerToken: number;
  readonly millisPerTokenInside: number | undefined;
  readonly prefillMillisPerToken: number;
  /** This arm's time over another one's, geometric mean over the prompts that both did. */
  readonly over: Readonly<Record<string, Interval>>;
  /** Share of tokens before the first that differs from what `none` wrote. */
  readonly agreed: number;
}

/**
 * Sum up by arm, in the order in which arms first come.
 * @param bases the arms that all others are held against.
 */
export function summarizePeers(
  samples: readonly PeerSample[],
  bases: readonly string[],
): Record<string, PeerSummary> {
  const report: Record<string, PeerSummary> = {};
  for (const arm of new Set(samples.map((sample) => sample.arm))) {
    const own = samples.filter((sample) => sample.arm === arm);
    const tokens = sum(own, ({ tokens }) => tokens);
    const perToken = (value: (sample: PeerSample) => number) =>
      sum(own, (sample) => value(sample) * sample.tokens) / tokens;
    const counted = own.every(({ inside }) => inside !== undefined);
    report[arm] = {
      prompts: own.length,
      tokens,
      millisPerToken: perToken((sample) => sample.perToken),
      millisPerTokenInside: counted ? perToken((sample) => sample.inside!) : undefined,
      prefillMillisPerToken: median(own.map((sample) => sample.prefillPerToken)),
      over: Object.fromEntries(
        bases
          .filter((base) => samples.some((sample) => sample.arm === base))
          .map((base) => [base, ratio(own, base, samples)]),
      ),
      agreed: sum(own, ({ agreed }) => agreed) / tokens,
    };
  }
  return report;
}

function ratio(own: readonly PeerSample[], base: string, samples: readonly PeerSample[]): Interval {
  const theirs = new Map(samples.filter(({ arm }) => arm === base).map((s) => [s.prompt, s.perToken]));
  return geometricMean(
    own.flatMap(({ prompt, perToken }) => {
      const other = theirs.get(prompt);
      return other === undefined ? [] : [perToken / other];
    }),
  );
}

/** The report as a table in Markdown. */
export function peerTable(report: Readonly<Record<string, PeerSummary>>): string {
  const bases = [...new Set(Object.values(report).flatMap(({ over }) => Object.keys(over)))];
  const rows = [
    [
      'arm',
      'ms a token',
      'of it passes',
      ...bases.map((base) => `time over ${base}`),
      'prefill, ms a token',
      'agreed',
    ],
  ];
  for (const [arm, each] of Object.entries(report)) {
    rows.push([
      arm,
      each.millisPerToken.toFixed(2),
      each.millisPerTokenInside?.toFixed(2) ?? '',
      ...bases.map((base) => told(each.over[base])),
      each.prefillMillisPerToken.toFixed(2),
      `${(100 * each.agreed).toFixed(1)} %`,
    ]);
  }
  return markdownTable(rows);
}

function told(interval: Interval | undefined): string {
  if (!interval) return '';
  const { geomean, low, high } = interval;
  return `${geomean.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
