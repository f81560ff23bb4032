import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Look, slope, summaryOf } from '../../../load/record.ts';

const look = (minutes: number, workerMiB: number): Look => ({
  ...{ minutes, workerMiB, hostMiB: 100, workerFiles: 20, hostFiles: 40 },
});

test('the slope is that of most points, whatever a few of them do', () => {
  const line = Array.from({ length: 20 }, (_, i): [number, number] => [i, 3 * i + 7]);
  assert.equal(slope(line), 3);
  line[4] = [4, 9_000];
  line[15] = [15, -9_000];
  assert.equal(slope(line), 3);
  assert.equal(slope([[1, 2]]), 0);
  assert.equal(slope([]), 0);
});

test('growth is that of the second half, an hour, and latency that of each quarter', () => {
  const looks = Array.from({ length: 121 }, (_, i) => look(i, i < 60 ? 100 + i : 160 + (i - 60) / 30));
  const answers = Array.from({ length: 400 }, (_, i) => ({ minutes: 0.3 * i, millis: i < 100 ? 10 : i }));
  const { growthPerHour, quarters } = summaryOf(looks, answers, 120);
  assert.deepEqual(growthPerHour, { workerMiB: 2, hostMiB: 0, workerFiles: 0, hostFiles: 0 });
  assert.deepEqual(
    quarters.map(({ answers, p99Millis }) => [answers, p99Millis]),
    [
      [100, 10],
      [100, 198],
      [100, 298],
      [100, 398],
    ],
  );
});
