import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeedOptions, FileFeed } from '../../../../src/editor/openFiles/feed.ts';
import type { FileParams } from '../../../../src/worker/protocol.ts';

function feedWith(options: Partial<FeedOptions> = {}) {
  const sent: FileParams[] = [];
  const feed = new FileFeed({
    send: (params) => sent.push(params),
    excludes: (path) => path.endsWith('.env'),
    wait: 1,
    ...options,
  });
  const touch = (path: string, text: string | undefined, key = path) =>
    feed.touch({ key, path, length: text?.length ?? 0, read: () => text });
  return { feed, sent, touch };
}
const wait = () => new Promise((resolve) => setTimeout(resolve, 15));

test('a file is told once when it was touched several times in a row', async () => {
  const { sent, touch } = feedWith();
  touch('a.ts', 'one');
  touch('a.ts', 'two\r\n');
  await wait();
  assert.deepEqual(sent, [{ path: 'a.ts', text: 'two\n' }]);
});

test('closing takes the file away, and nothing is told of one that was never known', async () => {
  const { feed, sent, touch } = feedWith();
  touch('a.ts', 'one');
  await wait();
  feed.close('a.ts');
  feed.close('b.ts');
  assert.deepEqual(sent.at(-1), { path: 'a.ts', text: null });
  assert.equal(sent.length, 2);
});

test('excluded, large, binary and closed files are never told', async () => {
  const { sent, touch } = feedWith({ maxLength: 10 });
  touch('app.env', 'x');
  touch('large.ts', 'x'.repeat(11));
  touch('image.png', 'PNG\0');
  touch('gone.ts', undefined);
  await wait();
  assert.deepEqual(sent, []);
});

test('a file that has grown too large is taken away', async () => {
  const { sent, touch } = feedWith({ maxLength: 10 });
  touch('a.ts', 'small');
  await wait();
  touch('a.ts', 'x'.repeat(11));
  await wait();
  assert.deepEqual(sent.at(-1), { path: 'a.ts', text: null });
});

test('only so many files at a time: the oldest goes', async () => {
  const { sent, touch } = feedWith({ maxFiles: 2 });
  for (const path of ['a', 'b', 'c']) {
    touch(path, path);
    await wait();
  }
  assert.deepEqual(sent.at(-1), { path: 'a', text: null });
});

test('a new exclusion takes files away', async () => {
  let secret = false;
  const { feed, sent, touch } = feedWith({ excludes: () => secret });
  touch('a', 'text');
  await wait();
  secret = true;
  feed.recheck();
  assert.deepEqual(sent.at(-1), { path: 'a', text: null });
});

test('nothing is told after the end', async () => {
  const { feed, sent, touch } = feedWith();
  touch('a', 'text');
  feed.dispose();
  await wait();
  assert.deepEqual(sent, []);
});
