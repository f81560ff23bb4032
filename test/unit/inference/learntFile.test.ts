import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { newOnlineState } from '../../../src/engine/policy/online.ts';
import { LearntFile } from '../../../src/inference/learntFile.ts';

describe('what is learnt in a workspace', () => {
  let folder: string;
  let logged: string[];
  const open = (at = folder) => new LearntFile(at, (line) => logged.push(line));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'learnt-'));
    logged = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('comes back as it was kept', async () => {
    const state = newOnlineState();
    state.shifts.forEach((_, i) => {
      state.shifts[i] = Math.sin(i);
    });
    state.weights.set([0.2, 0.7, 0.1]);
    await open(path.join(folder, 'made', 'on the way')).write(state);
    const back = await open(path.join(folder, 'made', 'on the way')).read();
    for (const [i, value] of state.shifts.entries()) assert.ok(Math.abs(back.shifts[i]! - value) < 1e-4);
    assert.deepEqual([...back.weights], [0.2, 0.7, 0.1]);
    assert.deepEqual(logged, []);
  });

  test('is numbers alone', async () => {
    await open().write(newOnlineState());
    assert.deepEqual(await readdir(folder), ['learnt.json']);
    assert.match(
      await readFile(path.join(folder, 'learnt.json'), 'utf8'),
      /^[{}[\]",:\d.\-\seversionhftwg]+$/,
    );
  });

  test('begins anew without a file, quietly', async () => {
    assert.deepEqual(await open().read(), newOnlineState());
    assert.deepEqual(logged, []);
  });

  for (const [name, text] of [
    ['half a file', '{"version":1,"shifts":[0,'],
    ['another version', '{"version":9,"shifts":[],"weights":[],"worth":[]}'],
    ['too few numbers', '{"version":1,"shifts":[0.1],"weights":[1,0,0],"worth":[1,1,1,1,1,1]}'],
    [
      'a number out of bounds',
      JSON.stringify({ version: 1, shifts: [...newOnlineState().shifts.map(() => 1e9)], weights: [1, 0, 0] }),
    ],
  ] as const) {
    test(`begins anew after ${name}, and says so`, async () => {
      await writeFile(path.join(folder, 'learnt.json'), text);
      assert.deepEqual(await open().read(), newOnlineState());
      assert.match(logged.join(), /begins anew/);
    });
  }

  test('a folder that cannot be written costs nothing but a line in the log', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await open(path.join(folder, 'file')).write(newOnlineState());
    assert.match(logged.join(), /could not be kept/);
  });
});
