import type { RunnerEvent } from './oneCount.ts';

/**
 * A run, and where a test in it fails one more instead of it. For tests that look at a real editor's screen: a browser,
 * an editor and a model share the machine's cores there, and what a busy machine draws late is no fault of the code. What
 * failed at first is told, test by test with its reason, so that a fault which comes and goes is still seen.
 */
export async function* secondTry(start: () => AsyncIterable<RunnerEvent>): AsyncGenerator<RunnerEvent, void> {
  const first: RunnerEvent[] = [];
  for await (const event of start()) first.push(event);
  const failed = first.filter(isFailure);
  if (failed.length === 0) {
    yield* first;
    return;
  }
  for (const { data } of failed) {
    const { name, details } = data as { name?: string; details?: { error?: unknown } };
    const reason = details?.error instanceof Error ? details.error.message : String(details?.error ?? '');
    // One line: the reporter takes the next one for something else.
    const message = `tried again, for it failed: ${name}: ${reason.replaceAll(/\s+/g, ' ').slice(0, 2_000)}`;
    yield { type: 'test:diagnostic', data: { nesting: 0, message } };
  }
  yield* start();
}

/** Whether an event tells of a test that failed and was not expected to. */
export function isFailure({ type, data }: RunnerEvent): boolean {
  const { todo } = data as { readonly todo?: boolean | string };
  return type === 'test:fail' && (todo === undefined || todo === false);
}
