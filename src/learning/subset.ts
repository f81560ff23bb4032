import { shuffle } from '../selection/shuffle.ts';
import type { LogRecord } from './log.ts';

/** At most `count` records by chance, in an order by chance. @param random uniform in [0, 1). */
export function subset(records: readonly LogRecord[], count: number, random: () => number): LogRecord[] {
  const order = [...records];
  shuffle(order, random);
  return order.slice(0, count);
}
