import os from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../src/errors.ts';
import type { Peer } from './arms.ts';
import type { Child } from './child.ts';

const IDLE_MILLIS = 1000;
/** Share of one core that a peer may use while it has nothing to do. */
const MOST_IDLE = 0.05;

/** Cores that each peer, and other programs, use while no peer has anything to do, after `settleMillis`. @throws UserError `peer-busy`. */
export async function idle(
  children: ReadonlyMap<Peer, Child>,
  settleMillis: number,
): Promise<{ readonly idleCores: Record<string, number>; readonly othersCores: number }> {
  await wait(settleMillis);
  const used = async () => {
    const all = [...children].map(
      async ([peer, child]) => [peer, await child.call('cpu', undefined)] as const,
    );
    return new Map(await Promise.all(all));
  };
  const before = await used();
  const busyBefore = busyMillis();
  await wait(IDLE_MILLIS);
  const othersCores = (busyMillis() - busyBefore) / IDLE_MILLIS;
  const after = await used();
  const cores = [...after].map(
    ([peer, millis]) => [peer, (millis - before.get(peer)!) / IDLE_MILLIS] as const,
  );
  const busy = cores.find(([, share]) => share > MOST_IDLE);
  if (busy) {
    throw new UserError(
      'peer-busy',
      `${busy[0]} uses ${(100 * busy[1]).toFixed(1)} % of a core while idle: it would slow the others.`,
    );
  }
  return { idleCores: Object.fromEntries(cores), othersCores };
}

/** Time that all cores together have worked since the system started. */
function busyMillis(): number {
  return os.cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
