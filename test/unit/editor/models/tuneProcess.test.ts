import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import {
  type TuneProgress,
  type TuneWishes,
  tuneArguments,
  tuneInProcess,
} from '../../../../src/editor/models/tuneProcess.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-tuning-'));
after(() => rmSync(folder, { recursive: true }));

/** A program in place of the command line's; `signal` is aborted at the first progress where `stops` is set. */
async function run(script: string, stops = false) {
  const program = path.join(folder, 'program.cjs');
  writeFileSync(program, script);
  const progress: TuneProgress[] = [];
  const abort = new AbortController();
  const tuned = await tuneInProcess({
    ...{ program, args: ['toy'], env: process.env, signal: abort.signal },
    onProgress: (step) => {
      progress.push(step);
      if (stops) abort.abort();
    },
  });
  return { tuned, progress };
}

const say = (value: object) => `console.log(${JSON.stringify(JSON.stringify(value))});`;

describe('the program that tunes a model', () => {
  test('tells how far it is and what it gave', async () => {
    const { tuned, progress } = await run(
      `${say({ part: 'recording', percent: 50 })} ${say({ part: 'odd', percent: 1 })}
       console.log(JSON.stringify({ tuned: { name: process.argv.slice(2).join(' '), better: true, before: 1, after: 2, rounds: 3 } }));`,
    );
    const name = 'models tune toy --json';
    assert.deepEqual(tuned, { type: 'tuned', name, better: true, before: 1, after: 2 });
    assert.deepEqual(progress, [{ part: 'recording', percent: 50 }]);
  });

  test('tells its failure by a reason, or in its last words', async () => {
    const failure = { reason: 'tune-too-few', message: 'Too few.' };
    assert.deepEqual((await run(`${say({ failure })} process.exit(1);`)).tuned, {
      type: 'failed',
      ...failure,
    });
    const words = await run("console.error('slipstream: no.'); process.exit(1);");
    assert.deepEqual(words.tuned, { type: 'failed', reason: 'tune-ended', message: 'slipstream: no.' });
  });

  test('stops in order when it is cancelled', async () => {
    const { tuned } = await run(
      `process.on('SIGINT', () => process.exit(130)); setInterval(() => undefined, 1000);
       ${say({ part: 'training', percent: 1 })}`,
      true,
    );
    assert.deepEqual(tuned, { type: 'stopped' });
  });
});

describe('what tuning is told', () => {
  const wishes: TuneWishes = {
    ...{ model: 'toy', folders: ['/a'], excluded: [['*.secret', '!kept']], pool: [] },
    ...{ threads: 2, provider: 'cpu', memory: 'auto', storage: '' },
  };

  test('is what the settings say, and nothing that is not set', () => {
    const rest = ['--threads=2', '--provider=cpu', '--memory=auto'];
    assert.deepEqual(tuneArguments(wishes), [
      'toy',
      '--files=/a',
      '--exclude=*.secret',
      '--exclude=!kept',
      ...rest,
    ]);
    const all = tuneArguments({ ...wishes, excluded: [[]], pool: ['edit', 'suffix'], storage: '/kept' });
    assert.deepEqual(all, ['toy', '--files=/a', '--drafts=edit,suffix', ...rest, '--storage=/kept']);
  });

  test('of folders that exclude other files is all that any of them excludes', () => {
    const excluded = [
      ['*.secret', '!kept'],
      ['*.secret', '-dash'],
    ];
    const args = tuneArguments({ ...wishes, folders: ['/a', '/b'], excluded });
    assert.deepEqual(
      args.filter((each) => each.startsWith('--exclude')),
      ['--exclude=*.secret', '--exclude=-dash'],
    );
    const same = tuneArguments({ ...wishes, folders: ['/a', '/b'], excluded: [excluded[0]!, excluded[0]!] });
    assert.ok(same.includes('--exclude=!kept'));
  });
});
