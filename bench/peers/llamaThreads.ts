import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from './child.ts';
import type { Load, Prepared } from './protocol.ts';

/** Enough tokens to tell numbers of threads apart. */
const TOKENS = 16;
/** Where a thread finds no core of its own, the others wait for it in every operator: such a number is given up after this. */
const MOST_MILLIS = 15_000;
const ARM = 'llama.cpp';

/** Milliseconds a token of llama.cpp's plain decoding, by its number of threads; those that took too long are not there. */
export type ThreadTimes = Readonly<Record<number, number>>;

/** Try llama.cpp with one thread and with more, up to those of the other peers, each in a process of its own. */
export async function tryThreads(load: Load, { prompt, after, ids }: Prepared): Promise<ThreadTimes> {
  const times: Record<number, number> = {};
  for (let threads = 1; threads <= load.threads; threads++) {
    const child = startChild('llamaCpp');
    try {
      const run = async () => {
        await child.call('load', { ...load, threads, arms: [ARM] });
        const count = Math.min(TOKENS, ids.length);
        const { decode, timed } = await child.call('run', { arm: ARM, prompt, after, count, language: '' });
        return decode / timed;
      };
      const millis = await Promise.race([run(), wait(MOST_MILLIS, undefined)]);
      if (millis !== undefined) times[threads] = millis;
    } finally {
      child.end();
    }
  }
  return times;
}

/** The number of threads with the least time; one where none was in time. */
export function fastestThreads(times: ThreadTimes): number {
  const [best] = Object.entries(times).sort(([, a], [, b]) => a - b);
  return best === undefined ? 1 : Number(best[0]);
}
