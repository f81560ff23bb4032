import os from 'node:os';

/**
 * Threads that help: as many as were asked for, and no more than the machine runs at once. More would wait for each other,
 * and thousands of them for ever.
 * @param asked 0 leaves the number to the runtime, which takes the physical cores.
 */
export function usableThreads(asked: number, cores = os.availableParallelism()): number {
  return Math.min(asked, cores);
}

/** The sentence for a wish for more threads than help; undefined where it can be followed. */
export function threadsProblem(asked: number, cores = os.availableParallelism()): string | undefined {
  const used = usableThreads(asked, cores);
  if (used === asked) return undefined;
  return `${asked} threads were asked for and this machine runs ${cores} at once, so ${used} are used. 0 takes what fits.`;
}
