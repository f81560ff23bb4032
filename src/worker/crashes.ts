import type { LoadedPart } from './protocol.ts';

/** Waits between a crash and the next start, in milliseconds; after the last the worker stays down. */
const BACK_OFF = [50, 500, 2000, 8000, 30_000];
/** The same for a worker that died before it could take a job: what keeps it from that seldom goes away by itself. */
const BACK_OFF_AT_START = [50];

/** How a worker ended that was not told to. */
export interface Crash {
  /** `signal SIGKILL`, `exit status 1`. */
  readonly description: string;
  /** What it was about to load; undefined when it had been set up. */
  readonly loading: LoadedPart | 'nothing' | undefined;
}

/** Milliseconds to wait before the next start after so many crashes before; undefined to give up. */
export function waitAfter(crashes: number): number | undefined {
  return BACK_OFF[crashes];
}

/** The same for a worker that had not been set up. What a library does when it is loaded, it does again. */
export function waitAtStart(crashes: number, { loading }: Crash): number | undefined {
  return loading === 'library' ? undefined : BACK_OFF_AT_START[crashes];
}

/** Why the worker is not started again. @param times that it ended in a row after it had been set up. */
export function crashFailure(
  { description, loading }: Crash,
  times: number,
): { readonly reason: string; readonly message: string } {
  if (loading === 'library') {
    return {
      reason: 'runtime-unusable',
      message: `The native library of ONNX Runtime, which runs the model, ends the worker that loads it (${description}): it is damaged or does not fit this machine. Install the extension again.`,
    };
  }
  const why = /SIGKILL|SIGABRT|SIGTRAP|exit status 134/.test(description)
    ? `${description}, perhaps for want of memory`
    : description;
  const ended =
    loading === undefined
      ? `ended ${times} times in a row`
      : `ended ${loading === 'model' ? 'while it loaded the model' : 'as soon as it was started'}`;
  return {
    reason: 'worker-crashes',
    message: `The completion worker ${ended} (${why}). See the log, then restart it with «Slipstream: Restart Worker».`,
  };
}

/** The sentence for a worker whose program is not there. */
export function missingProgram(file: string): string {
  return `The program of the completion worker, ${file}, is missing. Install the extension again.`;
}
