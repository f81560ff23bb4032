import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Crash, crashFailure, waitAfter, waitAtStart } from '../../../src/worker/crashes.ts';
import { isStopped } from '../../../src/worker/watchdog.ts';

describe('why a worker is not started again', () => {
  const messageOf = (description: string, loading: Crash['loading'], times = 5) =>
    crashFailure({ description, loading }, times);

  test('names how often it ended, or what it was at', () => {
    const began = (loading: Crash['loading']) => messageOf('exit status 1', loading).message.split(' (')[0];
    assert.equal(began(undefined), 'The completion worker ended 5 times in a row');
    assert.equal(began('model'), 'The completion worker ended while it loaded the model');
    assert.equal(began('nothing'), 'The completion worker ended as soon as it was started');
    for (const loading of [undefined, 'model', 'nothing'] as const)
      assert.equal(messageOf('exit status 1', loading).reason, 'worker-crashes');
  });

  test('thinks of memory where the system or the engine ends what has none, and nowhere else', () => {
    const thinks = (description: string) =>
      messageOf(description, undefined).message.includes(`(${description}, perhaps for want of memory)`);
    for (const how of ['signal SIGKILL', 'signal SIGABRT', 'signal SIGTRAP', 'exit status 134'])
      assert.ok(thinks(how), how);
    for (const how of ['signal SIGSEGV', 'exit status 1', 'exit status 13', 'signal SIGTERM'])
      assert.ok(!messageOf(how, undefined).message.includes('memory'), how);
  });

  test('blames the library alone where that was loaded, whatever the signal', () => {
    const { reason, message } = messageOf('signal SIGKILL', 'library');
    assert.equal(reason, 'runtime-unusable');
    assert.match(message, /ONNX Runtime.*\(signal SIGKILL\).*Install the extension again\.$/);
    assert.ok(!message.includes('memory'));
  });

  test('waits come to an end, sooner for a worker that was never there', () => {
    const waits = (next: (crashes: number) => number | undefined) => {
      let count = 0;
      while (next(count) !== undefined) count++;
      return count;
    };
    assert.equal(waits(waitAfter), 5);
    assert.equal(
      waits((crashes) => waitAtStart(crashes, { description: 'exit status 1', loading: 'model' })),
      1,
    );
  });
});

describe('whether the system has stopped a process', { skip: process.platform !== 'linux' }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-stopped-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('is told of one that is, and no more once it goes on, whatever its name', async () => {
    // The name stands before the state in the same line.
    const program = path.join(folder, 'a) T b');
    symlinkSync('/bin/sh', program);
    const child = spawn(program, ['-c', 'echo; read line'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const until = async (wanted: boolean) => {
      for (let i = 0; i < 200; i++) {
        if ((await isStopped(child.pid)) === wanted) return true;
        await wait(5);
      }
      return false;
    };
    try {
      await once(child.stdout, 'data');
      assert.equal(await isStopped(child.pid), false);
      child.kill('SIGSTOP');
      assert.ok(await until(true), 'it was stopped');
      child.kill('SIGCONT');
      assert.ok(await until(false), 'it goes on');
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    assert.equal(await isStopped(child.pid), false, 'one that has ended is not stopped');
  });

  test('is no where it cannot be known', async () => {
    assert.equal(await isStopped(undefined), false);
    assert.equal(await isStopped(2 ** 30), false);
  });
});
