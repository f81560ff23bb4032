import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { adviceOf, type Health, physicalCoresOf, worthOf } from '../../../src/cli/advice.ts';
import { cacheFolder } from '../../../src/cli/cache.ts';

const costs = { target: { widths: [2, 8], contexts: [10], millis: [[2, 4]] }, drafts: {} };
const healthy: Health = {
  load: 0.2,
  cores: 4,
  physicalCores: 2,
  threads: 0,
  ram: { resident: 200e6, free: 8e9 },
  widthInvariant: true,
  graph: 'model_q8.onnx',
  weights: 12e6,
  sharedBuffer: true,
  costs,
};

test('where all is well there is nothing to advise', () => {
  assert.deepEqual(adviceOf(healthy), []);
  assert.deepEqual(adviceOf({ ...healthy, physicalCores: undefined, threads: 1 }), []);
});

const cases: [string, Partial<Health>, RegExp][] = [
  ['other programs', { load: 3 }, /^End other programs.* 3\.0 of 4 cores/],
  ['few threads', { threads: 1 }, /^Take more threads: 1 of 2 physical/],
  ['many threads', { threads: 4 }, /^Take fewer threads: 4 share 2 physical/],
  ['full precision', { graph: 'model.onnx', weights: 500e6 }, /8 or 4 bits .*500 MB/],
  ['half precision', { graph: 'model_fp16.onnx', weights: 500e6 }, /8 or 4 bits/],
  ['a large model at 8 bits', { weights: 500e6 }, /at 4 bits \(model_q4\.onnx\).*500 MB/],
  ['widths that disagree', { widthInvariant: false }, /^Use another export/],
  ['a cache that is copied', { sharedBuffer: false }, /GroupQueryAttention/],
  ['little memory', { ram: { resident: 3e9, free: 1e9 } }, /3000 MB are in use and 1000 MB are left/],
  ['costly rows', { costs: { ...costs, target: { ...costs.target, millis: [[2, 7]] } } }, /takes 3\.5 times/],
];
for (const [name, change, sentence] of cases) {
  test(`advice for ${name}: one sentence`, () => {
    const advice = adviceOf({ ...healthy, ...change });
    assert.equal(advice.length, 1, advice.join('\n'));
    assert.match(advice[0]!, sentence);
    assert.match(advice[0]!, /[^.]\.$|\)\.$/);
  });
}

test('a draft pays while its guess costs a small share of a pass', () => {
  const drafts = { slow: { token: 0.5, catchUp: 0.1 }, quick: { token: 0.1, catchUp: 0.01 } };
  const worth = worthOf([{ id: 'suffix' }, { id: 'slow' }, { id: 'quick' }], { ...costs, drafts });
  assert.deepEqual(
    worth.map(({ id, pays }) => [id, pays]),
    [
      ['suffix', true],
      ['slow', false],
      ['quick', true],
    ],
  );
  assert.match(
    worth[1]!.because,
    /0\.50 ms and with what it reads for it 75 % of a pass of 2\.00 ms; more than the 50 % that pay/,
  );
});

test('logical cores that share a core are counted once', () => {
  const processor = (package_: number, core: number) =>
    `processor\t: 0\nphysical id\t: ${package_}\nsiblings : 4\ncore id\t\t: ${core}\n`;
  const two = [processor(0, 0), processor(0, 1), processor(0, 0), processor(0, 1)].join('\n');
  assert.equal(physicalCoresOf(two), 2);
  assert.equal(physicalCoresOf(`${two}\n${processor(1, 0)}`), 3);
  assert.equal(physicalCoresOf('processor : 0\nBogoMIPS : 50.00\n'), undefined);
});

test('the cache lies where the system wants it', () => {
  const absolute = path.resolve('/var/tmp/cache');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: absolute }, 'linux'), path.join(absolute, 'slipstream'));
  assert.match(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux'), /[/\\]\.cache[/\\]slipstream$/);
  assert.match(cacheFolder({}, 'darwin'), /Library[/\\]Caches[/\\]slipstream$/);
  assert.match(cacheFolder({ LOCALAPPDATA: absolute }, 'win32'), /cache[/\\]slipstream$/);
});
