import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { PassTimes } from '../../src/engine/policy/costs.ts';
import type { CostCache } from '../../src/inference/costCache.ts';
import { answerMillis, type OpenOptions, openTarget } from '../../src/inference/openTarget.ts';
import { root } from '../toy/bundled.ts';

const fixture = path.join(root, 'test', 'fixtures', 'models', 'gqa');

/** Times of a machine whose passes take `pass` milliseconds, whatever their width. */
const timesOf = (pass: number): PassTimes => ({
  widths: [2, 64],
  contexts: [10, 100],
  millis: [
    [pass, pass],
    [pass, pass],
  ],
});

/** A cache that knows such times of every model, and counts what was loaded to be measured. */
function cacheOf(times: PassTimes | undefined): CostCache & { asked: number } {
  return {
    asked: 0,
    known: () => times,
    async passTimes(_graph, _threads, measure) {
      this.asked++;
      return times ?? (await measure());
    },
    draftTimes: (_graph, _threads, measure) => measure(),
    renew: async () => undefined,
  };
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('the target that a setting names', () => {
  let bundled: string;
  const open = async (options: Partial<OpenOptions>) => {
    const opened = await openTarget({ model: 'auto', bundled, threads: 1, busy: () => false, ...options });
    await opened.target.dispose();
    return opened;
  };

  before(() => {
    bundled = mkdtempSync(path.join(os.tmpdir(), 'slipstream-targets-'));
    for (const name of ['base', 'target']) cpSync(fixture, path.join(bundled, name), { recursive: true });
  });
  after(() => rmSync(bundled, { recursive: true }));

  test('is base with auto where this machine is fast enough, and tiny where it is not', async () => {
    const fast = await open({ costCache: cacheOf(timesOf(5)) });
    assert.equal(fast.name, 'base');
    assert.match(fast.because, /answers in about 50 ms/);
    const slowCache = cacheOf(timesOf(80));
    const slow = await open({ costCache: slowCache });
    assert.equal(slow.name, 'tiny');
    assert.match(slow.because, /would take about 720 ms/);
    assert.equal(slowCache.asked, 1, 'the larger one was loaded though its times were known');
    assert.equal(answerMillis(timesOf(5)), 45);
  });

  test('is judged by times that are not kept while others compute', async () => {
    const cache = cacheOf(undefined);
    const opened = await open({ costCache: cache, busy: () => true });
    assert.equal(opened.name, 'base');
    assert.equal(cache.asked, 0);
  });

  test('is measured where nothing is known', async () => {
    const opened = await open({ costCache: cacheOf(undefined) });
    assert.equal(opened.name, 'base');
    assert.deepEqual(opened.problems, []);
  });

  test('is what was named', async () => {
    assert.equal((await open({ model: 'base', costCache: cacheOf(timesOf(80)) })).name, 'base');
    assert.equal((await open({ model: 'tiny' })).name, 'tiny');
    const own = await open({ model: fixture });
    assert.deepEqual([own.name, own.folder.name], [undefined, 'gqa']);
  });

  test('is tiny, with a sentence that names the part, where a part of base is missing or damaged', async () => {
    const broken = mkdtempSync(path.join(os.tmpdir(), 'slipstream-broken-'));
    try {
      for (const name of ['base', 'target']) cpSync(fixture, path.join(broken, name), { recursive: true });
      const graph = path.join(broken, 'base', 'onnx', 'model_q8.onnx');
      const files = { 'onnx/model_q8.onnx': { bytes: statSync(graph).size, sha256: sha256(graph) } };
      const manifest = { format: 'slipstream-manifest', version: 1, files };
      writeFileSync(path.join(broken, 'base', 'manifest.json'), JSON.stringify(manifest));
      appendFileSync(graph, 'x');
      for (const model of ['auto', 'base']) {
        const opened = await open({ bundled: broken, model });
        assert.equal(opened.name, 'tiny');
        assert.match(opened.problems.join(), /model_q8\.onnx.*The model tiny is used meanwhile\.$/);
        assert.equal(opened.problems.length, 1);
      }
      rmSync(graph);
      const opened = await open({ bundled: broken });
      assert.match(opened.problems.join(), /model_q8\.onnx/);
      await assert.rejects(open({ bundled: broken, model: 'base', strict: true }), /model_q8\.onnx/);
    } finally {
      rmSync(broken, { recursive: true });
    }
  });

  test('is tiny where base is not installed', async () => {
    const small = mkdtempSync(path.join(os.tmpdir(), 'slipstream-small-'));
    try {
      cpSync(fixture, path.join(small, 'target'), { recursive: true });
      writeFileSync(path.join(small, 'notes.txt'), 'a file among folders');
      const opened = await open({ bundled: small });
      assert.equal(opened.name, 'tiny');
      assert.match(opened.because, /not installed/);
    } finally {
      rmSync(small, { recursive: true });
    }
  });
});
