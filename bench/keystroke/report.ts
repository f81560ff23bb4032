import type { Outcome } from '../../src/editor/completion/outcome.ts';
import { median } from '../../src/measure/statistics.ts';
import type { JobResult } from '../../src/worker/protocol.ts';
import type { Place } from './typist.ts';

/** What one keystroke came to. */
export interface Keystroke {
  readonly place: Place;
  readonly outcome: Outcome;
  /** From the keystroke to the answer, in milliseconds. */
  readonly millis: number;
  /** The part of it that the product would wait, or has waited, for another keystroke. */
  readonly debounce: number;
  /** The job that was started for it, when there was one. */
  readonly job: JobResult | undefined;
}

/** Prompt tokens that only a window that moved, or a suffix that changed, makes the model read. */
const MANY_TOKENS = 64;

const PLACES: readonly Place[] = [
  'first letter',
  'second letter',
  'later letter',
  'digit or sign',
  'space',
  'new line',
];

/** p50, p95 and the largest of some times. */
export function quantiles(times: readonly number[]) {
  if (times.length === 0) return { count: 0 };
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
  return { count: times.length, p50: round(median(sorted)), p95: at(0.95), max: round(sorted.at(-1)!) };
}

/** Keystrokes whose answer the model was asked for; the others were answered from text that was there already. */
function asked({ outcome, job }: Keystroke): boolean {
  return job !== undefined || (outcome.type === 'shown' && outcome.source === 'joined');
}

/** Sum up: times to a shown line, apart for what was there already; then where the time goes. */
export function summarize(keys: readonly Keystroke[]) {
  const shown = keys.filter(({ outcome }) => outcome.type === 'shown');
  const answered = shown.filter(asked);
  const ahead = shown.filter((key) => !asked(key));
  const times = (some: readonly Keystroke[]) => quantiles(some.map(({ millis }) => millis));
  return {
    keystrokes: keys.length,
    ends: counts(
      keys.map(({ outcome }) => (outcome.type === 'shown' ? `shown:${outcome.source}` : outcome.type)),
    ),
    shown: times(shown),
    shownByTheModel: {
      ...times(answered),
      byPlace: Object.fromEntries(
        PLACES.map((place) => [place, times(answered.filter((key) => key.place === place))]),
      ),
    },
    shownFromTextAtHand: times(ahead),
    withoutDebounce: {
      shown: quantiles(shown.map(bare)),
      shownByTheModel: quantiles(answered.map(bare)),
    },
    /** Answers with nothing to show: the model had nothing, or a filter took it. */
    empty: times(keys.filter(({ outcome }) => outcome.type === 'empty')),
    jobs: jobsOf(keys),
  };
}

function bare({ millis, debounce, job }: Keystroke): number {
  return job ? millis - debounce : millis;
}

function jobsOf(keys: readonly Keystroke[]) {
  const jobs = keys.flatMap(({ job }) => (job?.type === 'done' ? [job] : []));
  return {
    ends: counts(keys.flatMap(({ job }) => (job ? [job.type] : []))),
    promptTokensRead: quantiles(jobs.map(({ prefilled }) => prefilled)),
    /** Jobs that had to read most of their prompt anew. */
    readAnew: jobs.filter(({ prefilled }) => prefilled > MANY_TOKENS).length,
    prefillMillis: quantiles(jobs.map(({ millis }) => millis.prefill)),
    decodeMillis: quantiles(jobs.map(({ millis }) => millis.decode)),
    tokens: quantiles(jobs.map(({ tokens }) => tokens)),
    rounds: quantiles(jobs.map(({ rounds }) => rounds)),
  };
}

function counts(names: readonly string[]): Record<string, number> {
  const table: Record<string, number> = {};
  for (const name of names) table[name] = (table[name] ?? 0) + 1;
  return table;
}

function round(millis: number): number {
  return Math.round(millis * 10) / 10;
}
