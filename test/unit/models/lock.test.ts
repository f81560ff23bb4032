import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { exclusively } from '../../../src/models/lock.ts';
import { refusal, toyStore, writeFiles } from './toyStore.ts';

/** Larger than the number of any process. */
const NOBODY = 2 ** 30;

async function stand(context: TestContext): Promise<{ readonly folder: string; readonly file: string }> {
  const { store } = await toyStore(context);
  return { folder: store.folder, file: path.join(store.folder, 'lock') };
}

suite('the lock of a store', () => {
  test('holds the process while the work lasts, in a folder that it makes, and is gone behind it', async (context) => {
    const { folder, file } = await stand(context);
    assert.equal(await exclusively(folder, async () => readFileSync(file, 'utf8')), `${process.pid}`);
    assert.equal(existsSync(file), false);
  });

  test('refuses who comes second, and lets the first finish', async (context) => {
    const { folder, file } = await stand(context);
    const first = await exclusively(folder, async () => {
      await assert.rejects(
        exclusively(folder, async () => assert.fail('both at once')),
        refusal('store-busy', /kept/),
      );
      return existsSync(file);
    });
    assert.equal(first, true, 'the second took the lock of the first away');
  });

  test('is given back when the work fails', async (context) => {
    const { folder, file } = await stand(context);
    const failing = exclusively(folder, () => Promise.reject(new Error('no luck')));
    await assert.rejects(failing, /no luck/);
    assert.equal(existsSync(file), false);
    assert.equal(await exclusively(folder, async () => 'again'), 'again');
  });

  test('of a process that ended is taken over', async (context) => {
    const { folder, file } = await stand(context);
    await writeFiles(folder, { lock: `${NOBODY}` });
    assert.equal(await exclusively(folder, async () => readFileSync(file, 'utf8')), `${process.pid}`);
  });

  test('that its owner has not touched for a minute is taken over; a fresh one without a number is not', async (context) => {
    const { folder, file } = await stand(context);
    await writeFiles(folder, { lock: '' });
    await assert.rejects(
      exclusively(folder, async () => 0),
      refusal('store-busy'),
    );
    writeFileSync(file, `${process.pid}`);
    const past = (seconds: number) =>
      utimesSync(file, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);
    past(50);
    await assert.rejects(
      exclusively(folder, async () => 0),
      refusal('store-busy'),
    );
    past(70);
    assert.equal(await exclusively(folder, async () => 1), 1);
  });

  test('is touched while the work lasts', async (context) => {
    const { folder, file } = await stand(context);
    context.mock.timers.enable({ apis: ['setInterval'] });
    await exclusively(folder, async () => {
      utimesSync(file, 1, 1);
      context.mock.timers.tick(10_000);
      for (let turn = 0; turn < 10_000 && statSync(file).mtimeMs === 1000; turn++)
        await new Promise((done) => setImmediate(done));
      assert.ok(Date.now() - statSync(file).mtimeMs < 60_000);
    });
  });

  test('in a place that cannot be written to is refused with the cause', async (context) => {
    const { folder } = await stand(context);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'file'), '');
    await assert.rejects(
      exclusively(path.join(folder, 'file', 'store'), async () => 0),
      refusal('store-unwritable', /is a file and no folder/),
    );
  });
});
