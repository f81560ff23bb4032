import { SingleBar } from 'cli-progress';

/** How far a command is, beside its output; shown in a terminal alone. */
export interface Progress {
  /** One more is done. */
  step(): void;
  /** Take the bar away before something else is written. */
  stop(): void;
}

/** @param what is counted, in the plural. */
export function progressOf(total: number, what: string): Progress {
  const format = `{bar} {value} of {total} ${what}, {eta_formatted} left`;
  const bar = new SingleBar({ format, stream: process.stderr });
  if (process.stderr.isTTY) bar.start(total, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
