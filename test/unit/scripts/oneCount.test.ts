import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { tap } from 'node:test/reporters';
import { oneCount, type RunnerEvent } from '../../../scripts/oneCount.ts';

/** What Node's runner tells of one group: its outermost tests with one of theirs, a plan, the closing counts. */
async function* group(names: readonly string[], failed: number): AsyncGenerator<RunnerEvent> {
  for (const [index, name] of names.entries()) {
    yield { type: 'test:pass', data: { nesting: 1, testNumber: 1, name: 'inner', details: {} } };
    const type = index < failed ? 'test:fail' : 'test:pass';
    yield { type, data: { nesting: 0, testNumber: index + 1, name, details: {} } };
  }
  yield { type: 'test:plan', data: { nesting: 0, count: names.length } };
  const counts = [`tests ${names.length}`, `fail ${failed}`, 'duration_ms 1.5', 'a word of a test'];
  for (const message of counts) yield { type: 'test:diagnostic', data: { nesting: 0, message } };
}

async function all(runs: Parameters<typeof oneCount>[0]): Promise<RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  for await (const event of oneCount(runs)) events.push(event);
  return events;
}

suite('groups of tests as one run', () => {
  test('end with the sum of their counts, and one plan', async () => {
    const events = Readable.from(oneCount([() => group(['a', 'b'], 0), () => group(['c'], 1)]));
    const lines = (await text(events.compose(tap))).split('\n');
    assert.deepEqual(
      lines.filter((line) => /^(1\.\.|ok|not ok|# (tests|fail|duration))/.test(line)),
      ['ok 1 - a', 'ok 2 - b', 'not ok 3 - c', '1..3', '# tests 3', '# fail 1', '# duration_ms 3'],
    );
    assert.equal(lines.filter((line) => line === '# a word of a test').length, 2);
  });

  test('start one after the other', async () => {
    const order: string[] = [];
    const watched = (name: string) =>
      async function* () {
        order.push(`${name} starts`);
        yield* group([name], 0);
        order.push(`${name} ends`);
      };
    await all([watched('first'), watched('second')]);
    assert.deepEqual(order, ['first starts', 'first ends', 'second starts', 'second ends']);
  });

  test('leave what is inside of a test as it is', async () => {
    const events = await all([() => group(['a'], 0), () => group(['b'], 0)]);
    const inner = events.filter(({ data }) => (data as { nesting: number }).nesting === 1);
    assert.deepEqual(
      inner.map(({ data }) => (data as { testNumber: number }).testNumber),
      [1, 1],
    );
  });
});
