import { type PeerSummary, peerTable } from '../peers/report.ts';
import { percent, result, table, whole } from './format.ts';

interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

interface Mode {
  readonly keystrokes: number;
  readonly shown: Quantiles;
  readonly shownByTheModel: Quantiles;
  readonly shownFromTextAtHand: Quantiles;
  readonly withoutDebounce: { readonly shownByTheModel: Quantiles };
  readonly jobs: { readonly ends: Readonly<Record<string, number>>; readonly readAnew: number };
}

export type Keystrokes = { readonly promptBudget: number } & Readonly<
  Record<'patient' | 'steady' | 'long', Mode>
>;

/** From a keystroke to the first line that can be shown. */
export function keystrokes(): string {
  const run = result<Keystrokes>('keystroke');
  const pair = ({ p50, p95 }: Quantiles, digits = 0) => `${p50.toFixed(digits)}, ${p95.toFixed(0)}`;
  return table([
    [
      'mode',
      'keystrokes',
      'shown at once (p50)',
      'asked of the model: p50, p95',
      'without the debounce',
      'all shown: p50, p95',
      'read anew',
    ],
    ...(['patient', 'steady', 'long'] as const).map((name) => {
      const mode = run[name];
      const jobs = Object.values(mode.jobs.ends).reduce((sum, count) => sum + count, 0);
      const { count, p50 } = mode.shownFromTextAtHand;
      return [
        name,
        whole(mode.keystrokes),
        `${whole(count)} (${p50.toFixed(1)})`,
        pair(mode.shownByTheModel),
        pair(mode.withoutDebounce.shownByTheModel),
        pair(mode.shown, 1),
        `${mode.jobs.readAnew} of ${whole(jobs)}`,
      ];
    }),
  ]);
}

interface Overhead {
  readonly results: readonly {
    readonly policy: string;
    readonly outsidePasses: number;
    readonly parts: Readonly<Record<string, number>>;
    readonly microsPerRound: number;
  }[];
}

/** Where decoding's time goes that is not spent in passes. */
export function overhead(): string {
  const parts = ['open', 'choose', 'propose', 'commit', 'observe', 'rest'];
  const share = (value: number) => (value < 0.0005 ? '' : `${percent(value)} %`);
  return table([
    ['policy', 'outside passes', ...parts, 'µs a round'],
    ...result<Overhead>('overhead').results.map((each) => [
      `\`${each.policy}\``,
      share(each.outsidePasses),
      ...parts.map((part) => share(each.parts[part] ?? 0)),
      each.microsPerRound.toFixed(0),
    ]),
  ]);
}

interface Typing {
  readonly model: string;
  readonly keysPerMinute: number;
  readonly keys: number;
  readonly withGhostText: number;
  readonly millis: { readonly p50: number; readonly p95: number };
  readonly sources: Readonly<Record<string, number>>;
  readonly jobsPer100Keys: number;
  readonly cancelled: number;
  readonly eventLoop: Delay;
  readonly silent: Delay;
  readonly cpu: { readonly worker: number; readonly extensionHost: number };
}

interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly longest: { readonly p50: number; readonly p95: number };
}

/** A file typed in a real editor. */
export function typing(): string {
  const runs = ['typing-60', 'typing-200', 'typing-500', 'typing-base-200'];
  const loop = ({ p50, p99, longest }: Delay) => `${p50}, ${p99}; ${longest.p50}, ${longest.p95}`;
  return table([
    [
      'target',
      'keys a minute',
      'with ghost text',
      'to ghost text: p50, p95',
      'jobs per 100 keys',
      'ended early',
      'without a job',
      'event loop late: p50, p99; a key p50, p95',
      'the same where nothing is suggested',
      'processor a key: worker, host',
    ],
    ...runs
      .map((name) => result<Typing>(name))
      .map((run) => {
        const shown = Object.values(run.sources).reduce((sum, count) => sum + count, 0);
        const atHand = (run.sources['typed-ahead'] ?? 0) + (run.sources.cache ?? 0);
        return [
          `\`${run.model}\``,
          whole(run.keysPerMinute),
          `${run.withGhostText} of ${run.keys}`,
          `${run.millis.p50}, ${run.millis.p95}`,
          String(run.jobsPer100Keys),
          String(run.cancelled),
          `${atHand} of ${shown}`,
          loop(run.eventLoop),
          loop(run.silent),
          `${whole(run.cpu.worker)}, ${whole(run.cpu.extensionHost)}`,
        ];
      }),
  ]);
}

export const peers = () => peersOf('peers');
export const peersBase = () => peersOf('peers-base');

function peersOf(name: string): string {
  return peerTable(result<{ readonly arms: Readonly<Record<string, PeerSummary>> }>(name).arms);
}
