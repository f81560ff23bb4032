import { median } from '../../src/measure/statistics.ts';
import type { FaultyLoad } from './remote.ts';

/** What came of a load, in numbers. */
export interface RemoteReport {
  /** Requests by how they ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** Times that the server was asked. */
  readonly attempts: number;
  /** Requests without an end, with more than one, and with a text that is not what the server has, or its beginning. */
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
  /** Requests of which the server wrote nothing: the model of the machine writes them. */
  readonly here: number;
  /** Answers that the server still writes when all is over. */
  readonly busy: number;
  /** Of requests that were given up while the server wrote: milliseconds until it knew. */
  readonly freed: { readonly requests: number; readonly median: number; readonly max: number };
}

/** @param count requests that were made. */
export function reportOf({ requests, busy }: FaultyLoad, count: number): RemoteReport {
  const ends: Record<string, number> = {};
  for (const { end } of requests) {
    const name = end.type === 'failed' ? `${end.failure.reason}${end.begun ? ' (begun)' : ''}` : end.type;
    ends[name] = (ends[name] ?? 0) + 1;
  }
  const ids = new Set(requests.map(({ id }) => id));
  const right = requests.filter(({ end, handed, wanted }) =>
    end.type === 'done' ? end.text === wanted && handed === wanted : wanted.startsWith(handed),
  );
  const waits = requests.flatMap(({ freedAfter }) => freedAfter ?? []);
  const rounded = (millis: number) => Number(millis.toFixed(1));
  return {
    ends,
    attempts: requests.reduce((sum, { asked }) => sum + asked, 0),
    lost: count - ids.size,
    doubled: requests.length - ids.size,
    wrong: requests.length - right.length,
    here: requests.filter(({ end }) => end.type === 'failed' && !end.begun).length,
    busy,
    freed: { requests: waits.length, median: rounded(median(waits)), max: rounded(Math.max(0, ...waits)) },
  };
}
