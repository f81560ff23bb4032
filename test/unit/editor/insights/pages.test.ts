import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchmark, benchmarkPage, placesOf } from '../../../../src/editor/insights/benchmark.ts';
import { insightsPage } from '../../../../src/editor/insights/insights.ts';
import { countJob, newCounts } from '../../../../src/editor/usage/counts.ts';
import type { CompleteParams, JobResult } from '../../../../src/worker/protocol.ts';

const done = (tokens: number, decode: number, text = 'x'): Extract<JobResult, { type: 'done' }> => ({
  ...{ type: 'done', text, finish: 'stop', tokens, rounds: 2, prefilled: 1, drafted: 8, accepted: 6 },
  ...{ millis: { prefill: 5, decode }, drafts: { suffix: { rounds: 2, drafted: 8, accepted: 6 } } },
});

test('the insights page has the figures of the day, escapes all text and lets nothing in', () => {
  const counts = newCounts('2026-11-29');
  countJob(counts, 'html', done(500, 250), 1);
  countJob(counts, 'html', done(500, 250), 3);
  counts.shown = { cache: 3, new: 1 };
  const pieces = [
    { text: '<script>', draft: 'suffix' },
    { text: 'alert(1)', draft: '' },
  ];
  const page = insightsPage(
    {
      ...{ counts, times: [10, 20, 30, 40], made: [{ language: 'html', pieces, result: done(1000, 500) }] },
      ...{
        model: 'toy',
        policy: 'trained',
        drafts: [],
        residentBytes: 2 ** 28,
        language: 'en',
      },
    },
    'abc123',
  );
  assert.match(page, /default-src 'none'; style-src 'nonce-abc123'/);
  assert.ok(!/<script|javascript:|https?:|\sstyle=|\son\w+=/.test(page));
  assert.match(page, /<dt>tokens a second<\/dt><dd>2000<\/dd>/);
  assert.match(page, /<dt>without drafts<\/dt><dd>500<\/dd>/);
  assert.match(page, /<dt>saved today<\/dt><dd>1\.5 s<\/dd>/);
  assert.match(page, /<dt>shown without asking the model<\/dt><dd>75 %<\/dd>/);
  assert.match(page, /<th scope="row">html: suffix<\/th><td>4<\/td><td>16<\/td><td>12<\/td><td>75 %<\/td>/);
  assert.match(page, /<span class="d d0" title="suffix">&lt;script&gt;<\/span>alert\(1\)/);
  assert.match(page, /6 guessed by drafts, 994 written by the model/);
});

const text = Array.from({ length: 30 }, (_, i) => `  const value${i} = compute(${i});`).join('\n');

test('places are spread over the lines that hold something, and no text is lost', () => {
  const places = placesOf(text);
  assert.equal(places.length, 8);
  for (const { prefix, suffix } of places) assert.equal(prefix + suffix, text);
  assert.ok(places[0]!.prefix.length > 60);
  assert.deepEqual(placesOf('a\n\nb'), []);
});

test('a benchmark asks for every policy at every place, in turns, and compares the texts', async () => {
  const asked: CompleteParams[] = [];
  const steps: number[] = [];
  const run = async (job: CompleteParams) => {
    asked.push(job);
    return done(10, job.policy === 'none' ? 20 : 5, job.policy === 'fixed:odd' ? 'y' : 'x');
  };
  const control = { run, progress: (n: number) => steps.push(n), signal: new AbortController().signal };
  const file = { path: 'a.ts', language: 'typescript', text };
  const same = await benchmark(file, ['none', 'fixed:suffix'], control);
  assert.equal(asked.length, 8 * 3);
  assert.deepEqual(
    steps,
    Array.from({ length: 16 }, (_, i) => i + 1),
  );
  assert.notEqual(asked[1]!.policy, asked[4]!.policy);
  assert.deepEqual([same!.places, same!.differing], [8, 0]);
  const page = benchmarkPage('a.ts', same!, 'en', 'n');
  assert.match(page, /<th scope="row">fixed:suffix<\/th><td>2000<\/td><td>4\.00<\/td>/);
  assert.match(page, /The text was the same in all 8 places/);
  const odd = await benchmark(file, ['none', 'fixed:odd'], control);
  assert.equal(odd!.differing, 8);
});

test('a benchmark that is cancelled shows nothing, one that fails says why', async () => {
  const abort = new AbortController();
  const file = { path: 'a.ts', language: 'typescript', text };
  const run = async () => {
    abort.abort();
    return { type: 'cancelled', by: 'client', text: '' } as const;
  };
  assert.equal(await benchmark(file, ['none'], { run, progress: () => {}, signal: abort.signal }), undefined);
  const broken = async () => ({ type: 'failed', reason: 'x', message: 'It broke.' }) as const;
  const signal = new AbortController().signal;
  await assert.rejects(benchmark(file, ['none'], { run: broken, progress: () => {}, signal }), /It broke/);
});
