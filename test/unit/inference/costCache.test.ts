import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { PassTimes } from '../../../src/engine/policy/costs.ts';
import {
  type CostMachine,
  costCacheIn,
  graphKey,
  parseCosts,
  VERSION,
} from '../../../src/inference/costCache.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-costs-'));
after(() => rmSync(folder, { recursive: true }));

const here: CostMachine = { cpu: 'Toy 1', cores: 2, onnxruntime: '1.0.0', platform: 'linux-x64' };
const times: PassTimes = { widths: [2, 4], contexts: [10], millis: [[1, 1.5]] };
const slower: PassTimes = { widths: [2, 4], contexts: [10], millis: [[2, 3]] };
let places = 0;

/** A cache in a folder of its own, a graph file, and a measurement that counts how often it was made. */
function setting() {
  const place = path.join(folder, String(places++));
  const graph = path.join(place, 'toy', 'onnx', 'model.onnx');
  mkdirSync(path.dirname(graph), { recursive: true });
  writeFileSync(graph, 'weights');
  const lines: string[] = [];
  let measured = 0;
  return {
    graph,
    file: path.join(place, 'cache', 'costs.json'),
    lines,
    cache: (machine = here) => costCacheIn(path.join(place, 'cache'), machine, (line) => lines.push(line)),
    measure: async () => {
      measured++;
      return times;
    },
    measurements: () => measured,
  };
}

test('times are measured once and kept for the next start', async () => {
  const { graph, cache, measure, measurements, lines } = setting();
  assert.deepEqual(await cache().passTimes(graph, 2, measure), times);
  assert.deepEqual(await cache().passTimes(graph, 2, measure), times);
  assert.equal(measurements(), 1);
  const draft = { token: 0.3, catchUp: 0.02 };
  await cache().draftTimes(graph, 1, async () => draft);
  assert.deepEqual(await cache().draftTimes(graph, 1, () => assert.fail('measured again')), draft);
  assert.deepEqual(await cache().passTimes(graph, 2, measure), times, 'both are in one file');
  assert.deepEqual(lines, []);
});

test('another machine, runtime, number of threads or export is measured for itself', async () => {
  const { graph, cache, measure, measurements } = setting();
  await cache().passTimes(graph, 2, measure);
  await cache().passTimes(graph, 4, measure);
  assert.equal(measurements(), 2);
  writeFileSync(graph, 'other weights');
  await cache().passTimes(graph, 2, measure);
  assert.equal(measurements(), 3);
  for (const change of [
    { cpu: 'Toy 2' },
    { cores: 4 },
    { onnxruntime: '1.0.1' },
    { platform: 'darwin-arm64' },
  ]) {
    assert.deepEqual(
      parseCosts(
        JSON.stringify({
          version: VERSION,
          machine: { ...here, ...change },
          targets: { x: times },
          drafts: {},
        }),
        here,
      ).targets,
      {},
    );
  }
  await cache({ ...here, cores: 4 }).passTimes(graph, 2, measure);
  assert.equal(measurements(), 4);
});

test('costs of an older build are measured again', () => {
  const written = (version: number) =>
    JSON.stringify({ version, machine: here, targets: { x: times }, drafts: {} });
  assert.deepEqual(parseCosts(written(VERSION), here).targets, { x: times });
  assert.deepEqual(parseCosts(written(VERSION - 1), here).targets, {});
});

test('weights beside the graph count too', () => {
  const { graph } = setting();
  const alone = graphKey(graph, 1);
  writeFileSync(`${graph}_data`, 'more');
  assert.notEqual(graphKey(graph, 1), alone);
  assert.match(alone, /^toy model\.onnx 7@\d+ 1 threads$/);
});

test('what is renewed replaces what was kept', async () => {
  const { graph, cache, measure } = setting();
  await cache().passTimes(graph, 2, measure);
  await cache().renew(graph, 2, slower);
  assert.deepEqual(await cache().passTimes(graph, 2, measure), slower);
});

test('a damaged file is measured anew and mended', async () => {
  const { graph, file, cache, measure, measurements } = setting();
  await cache().passTimes(graph, 2, measure);
  const good = readFileSync(file, 'utf8');
  for (const bad of [
    '',
    '{',
    '[]',
    good.replace('1.5', '-1'),
    good.replace('[1,1.5]', '[1]'),
    good.replace(`"version":${VERSION}`, `"version":${VERSION - 1}`),
  ]) {
    writeFileSync(file, bad);
    const before = measurements();
    await cache().passTimes(graph, 2, measure);
    assert.equal(measurements(), before + 1, bad);
    await cache().passTimes(graph, 2, measure);
    assert.equal(measurements(), before + 1, bad);
  }
});

test('a folder that cannot be written is no failure, and the log says so', async () => {
  const { graph, lines } = setting();
  const blocked = path.join(folder, 'a-file');
  writeFileSync(blocked, '');
  const cache = costCacheIn(path.join(blocked, 'below'), here, (line) => lines.push(line));
  assert.deepEqual(await cache.passTimes(graph, 2, async () => times), times);
  assert.match(lines.join('\n'), /could not be kept/);
});
