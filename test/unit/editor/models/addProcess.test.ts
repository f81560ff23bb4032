import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { type AddProgress, addInProcess } from '../../../../src/editor/models/addProcess.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-adding-'));
after(() => rmSync(folder, { recursive: true }));

/** A program in place of the command line's; `signal` is aborted at the first progress where `stops` is set. */
async function run(script: string, { stops = false, env = {} } = {}) {
  const program = path.join(folder, 'program.cjs');
  writeFileSync(program, script);
  const progress: AddProgress[] = [];
  const abort = new AbortController();
  const added = await addInProcess({
    program,
    args: ['acme/coder'],
    env: { ...process.env, ...env },
    signal: abort.signal,
    onProgress: (step) => {
      progress.push(step);
      if (stops) abort.abort();
    },
  });
  return { added, progress };
}

const say = (value: object) => `console.log(${JSON.stringify(JSON.stringify(value))});`;

describe('the program that adds a model', () => {
  test('is told what to add, and tells how far it is and what became of it', async () => {
    const { added, progress } = await run(
      `${say({ part: 'loading', percent: 50, done: 1, total: 2 })} console.log('odd');
       console.log(JSON.stringify({ model: { name: process.argv.slice(2).join(' ') + process.env.X, bytes: 7 } }));`,
      { env: { X: '!' } },
    );
    assert.deepEqual(added, { type: 'added', name: 'models add acme/coder --json!', bytes: 7 });
    assert.deepEqual(progress, [{ part: 'loading', percent: 50, total: 2 }]);
  });

  test('tells its failure by a reason, or in its last words', async () => {
    const failure = { reason: 'disk-full', message: 'The disk is full.' };
    const { added } = await run(`${say({ failure })} process.exit(1);`);
    assert.deepEqual(added, { type: 'failed', ...failure });
    const words = await run("console.error('slipstream: no.'); process.exit(1);");
    assert.deepEqual(words.added, { type: 'failed', reason: 'add-ended', message: 'slipstream: no.' });
    const silent = await run('process.exit(3);');
    assert.ok(silent.added.type === 'failed');
    assert.match(silent.added.message, /ended \(3\)/);
  });

  test('stops in order when it is cancelled', async () => {
    const step = say({ part: 'loading', percent: 1, done: 1, total: 2 });
    const { added } = await run(
      `process.on('SIGINT', () => process.exit(130)); setInterval(() => undefined, 1000); ${step}`,
      { stops: true },
    );
    assert.deepEqual(added, { type: 'stopped' });
  });

  test('is not started once it was cancelled', async () => {
    const request = { program: '/nowhere', args: [], env: {}, onProgress: () => undefined };
    assert.deepEqual(await addInProcess({ ...request, signal: AbortSignal.abort() }), { type: 'stopped' });
  });
});
