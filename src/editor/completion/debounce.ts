import type { CompletionContext } from '../../suggestion/context.ts';

/**
 * How long to wait for the next keystroke before the model is asked. Inside a word the next one is close; where
 * a suggestion is worth most, behind a bracket, a dot, an assignment or on a new line, there is no wait.
 * @param elapsed milliseconds since the editor asked
 * @param atOnce whether these places have no wait
 */
export function remainingDelay(
  context: CompletionContext,
  debounce: number,
  elapsed: number,
  atOnce = true,
): number {
  if (atOnce && /(^|[([{.=,:]|=>)\s*$/.test(context.linePrefix)) return 0;
  return Math.max(0, debounce - elapsed);
}

/** Wait, or return at once when the signal is aborted. */
export function delay(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || millis <= 0) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal.addEventListener('abort', done);
  });
}
