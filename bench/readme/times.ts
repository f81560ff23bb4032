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

export const peers = () => peersOf('peers');
export const peersBase = () => peersOf('peers-base');

function peersOf(name: string): string {
  return peerTable(result<{ readonly arms: Readonly<Record<string, PeerSummary>> }>(name).arms);
}
