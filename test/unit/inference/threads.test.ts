import assert from 'node:assert/strict';
import { test } from 'node:test';
import { threadsProblem, usableThreads } from '../../../src/inference/threads.ts';

test('no more threads are used than the machine runs at once, and 0 stays 0', () => {
  assert.deepEqual(
    [0, 1, 4, 5, 2000].map((asked) => usableThreads(asked, 4)),
    [0, 1, 4, 4, 4],
  );
});

test('a wish for too many threads is told with what is done instead, others are not', () => {
  for (const asked of [0, 1, 4]) assert.equal(threadsProblem(asked, 4), undefined);
  assert.match(threadsProblem(5, 4)!, /^5 threads .* runs 4 at once, so 4 are used\. 0 takes what fits\.$/);
});
