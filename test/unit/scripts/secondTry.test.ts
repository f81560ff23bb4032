import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunnerEvent } from '../../../scripts/oneCount.ts';
import { isFailure, secondTry } from '../../../scripts/secondTry.ts';

const passed: RunnerEvent = { type: 'test:pass', data: { nesting: 0, name: 'grows' } };
const failed: RunnerEvent = {
  type: 'test:fail',
  data: { nesting: 0, name: 'grows', details: { error: new Error('no\nsuggestion') } },
};
const expected: RunnerEvent = { type: 'test:fail', data: { nesting: 0, name: 'later', todo: true } };

async function triesOf(...runs: readonly RunnerEvent[][]): Promise<{ events: RunnerEvent[]; tries: number }> {
  let tries = 0;
  const events: RunnerEvent[] = [];
  const start = async function* () {
    yield* runs[tries++] ?? [];
  };
  for await (const event of secondTry(start)) events.push(event);
  return { events, tries };
}

suite('a second try', () => {
  test('is not made of what passed, or failed as expected', async () => {
    assert.deepEqual(await triesOf([passed, expected], [failed]), { events: [passed, expected], tries: 1 });
  });

  test('takes the place of the first, whose failure is told on one line', async () => {
    const { events, tries } = await triesOf([failed], [passed]);
    assert.equal(tries, 2);
    const message = 'tried again, for it failed: grows: no suggestion';
    assert.deepEqual(events, [{ type: 'test:diagnostic', data: { nesting: 0, message } }, passed]);
  });

  test('is the last: what fails twice has failed', async () => {
    const { events, tries } = await triesOf([failed], [failed], [passed]);
    assert.equal(tries, 2);
    assert.equal(events.filter(isFailure).length, 1);
  });
});
