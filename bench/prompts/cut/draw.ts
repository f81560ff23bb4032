import { createHash } from 'node:crypto';

/** Gives the next number in [0, 1). */
export type Draw = () => number;

/** Draws that depend on nothing but the seed. */
export function generator(seed: string): Draw {
  let count = 0;
  return () => createHash('sha256').update(`${seed}:${count++}`).digest().readUInt32BE() / 2 ** 32;
}

/** A copy in an order that is drawn. */
export function shuffle<T>(items: readonly T[], draw: Draw): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** One of them, or undefined when there is none. */
export function pick<T>(items: readonly T[], draw: Draw): T | undefined {
  return items.length === 0 ? undefined : items[Math.floor(draw() * items.length)];
}

/** The order of strings that no locale changes. */
export const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
