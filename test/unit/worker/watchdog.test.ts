import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Watchdog } from '../../../src/worker/watchdog.ts';

/** A worker that answers and is stopped as a test says, and a clock that the test turns. */
function watched() {
  mock.timers.enable({ apis: ['setInterval'] });
  const worker = { answers: true, stopped: false, pings: 0, hung: [] as string[] };
  let end: () => void = () => undefined;
  const work = new Promise<void>((resolve) => {
    end = resolve;
  });
  const dog = new Watchdog({
    ping: () => {
      worker.pings++;
      return worker.answers ? Promise.resolve() : new Promise(() => undefined);
    },
    isStopped: async () => worker.stopped,
    onHang: (why) => worker.hung.push(why),
  });
  const during = dog.during(work);
  const looks = async (count: number) => {
    for (let i = 0; i < count; i++) {
      mock.timers.tick(250);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  const endWork = () => {
    end();
    return during;
  };
  return { worker, looks, end: endWork, reset: () => mock.timers.reset() };
}

test('a worker that answers is left alone, however long it works, and asked nothing once it is done', async () => {
  const { worker, looks, end, reset } = watched();
  await looks(2_000);
  assert.deepEqual(worker.hung, []);
  assert.ok(worker.pings > 500);
  await end();
  const before = worker.pings;
  await looks(10);
  assert.equal(worker.pings, before);
  reset();
});

test('a stopped one is given up within a second, once', async () => {
  const { worker, looks, reset } = watched();
  worker.answers = false;
  worker.stopped = true;
  await looks(4);
  assert.deepEqual(worker.hung, ['was stopped and did not go on']);
  await looks(100);
  assert.equal(worker.hung.length, 1);
  reset();
});

test('one that is stopped for a moment goes on', async () => {
  const { worker, looks, reset } = watched();
  worker.answers = false;
  worker.stopped = true;
  await looks(3);
  worker.stopped = false;
  await looks(3);
  worker.stopped = true;
  await looks(2);
  assert.deepEqual(worker.hung, []);
  reset();
});

test('one that computes without an end is given up after two minutes, and a long pass is not', async () => {
  const { worker, looks, reset } = watched();
  worker.answers = false;
  await looks(470);
  assert.deepEqual(worker.hung, []);
  await looks(20);
  assert.deepEqual(worker.hung, ['did not answer for two minutes']);
  reset();
});

test('an hour of sleep and a clock that is set are one look like any other', async (t) => {
  const { worker, looks, reset } = watched();
  worker.answers = false;
  await looks(2);
  let time = 0;
  t.mock.method(Date, 'now', () => time);
  t.mock.method(performance, 'now', () => Math.abs(time));
  for (const jump of [3_600_000, -9e9, 7_200_000]) {
    time += jump;
    await looks(1);
  }
  assert.deepEqual(worker.hung, []);
  reset();
});
