/** An event of Node's test runner, as its reporters take them. */
export interface RunnerEvent {
  readonly type: string;
  readonly data: unknown;
}

interface Placed {
  readonly nesting?: number;
  readonly testNumber?: number;
  readonly message?: string;
}

/** The lines that Node closes a run with: a name and a count each. */
const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/**
 * The runs of several groups as one: each starts when the one before has ended, its outermost tests are numbered on, and
 * one closing count covers all. Without it every group would have a count of its own, and the last one would pass for
 * that of all.
 */
export async function* oneCount(
  runs: readonly (() => AsyncIterable<RunnerEvent>)[],
): AsyncGenerator<RunnerEvent, void> {
  const counts = new Map<string, number>();
  let tests = 0;
  for (const start of runs) {
    const before = tests;
    for await (const event of start()) {
      const data = event.data as Placed;
      const outermost = data?.nesting === 0;
      const [, name, count] = COUNT.exec((outermost && data.message) || '') ?? [];
      if (event.type === 'test:diagnostic' && name !== undefined) {
        counts.set(name, (counts.get(name) ?? 0) + Number(count));
      } else if (event.type === 'test:plan' && outermost) {
        // One plan at the end takes the place of these.
      } else if (outermost && data.testNumber !== undefined) {
        tests = Math.max(tests, before + data.testNumber);
        yield { type: event.type, data: { ...data, testNumber: before + data.testNumber } };
      } else {
        yield event;
      }
    }
  }
  yield { type: 'test:plan', data: { nesting: 0, count: tests } };
  for (const [name, count] of counts)
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${count}` } };
}
