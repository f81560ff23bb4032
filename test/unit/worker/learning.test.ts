import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, mock, test } from 'node:test';
import { Learning } from '../../../src/worker/learning.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-learning-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'learnt.json');
const verdict = { language: 'python', verdict: 'bad', drafts: {} } as const;

/** Waits for a file that is written beside the test. */
async function written(): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setImmediate(resolve));
}

test('verdicts count, are kept where the policy learns, and are known again', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let learns = false;
    const learning = new Learning(
      folder,
      () => learns,
      () => undefined,
    );
    learning.verdict(verdict);
    assert.equal(learning.online, undefined, 'nothing was read yet');
    await learning.read();
    const before = [...learning.online!.worth];
    learning.verdict(verdict);
    assert.notDeepEqual([...learning.online!.worth], before);
    mock.timers.tick(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(existsSync(file), false);
    learns = true;
    learning.keepSoon();
    mock.timers.tick(60_000);
    await written();
    const next = new Learning(
      folder,
      () => learns,
      () => undefined,
    );
    await next.read();
    const rounded = (values: Float64Array) => [...values].map((value) => value.toFixed(4));
    assert.deepEqual(rounded(next.online!.worth), rounded(learning.online!.worth));
  } finally {
    mock.timers.reset();
  }
});

test('without a folder it learns and keeps nothing', async () => {
  const learning = new Learning(
    undefined,
    () => true,
    () => undefined,
  );
  await learning.read();
  assert.ok(learning.online);
});
