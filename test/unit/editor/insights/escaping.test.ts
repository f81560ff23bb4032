import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BenchmarkResult, benchmarkPage, placesOf } from '../../../../src/editor/insights/benchmark.ts';
import { bars, colourCount, escaped, pageOf, table } from '../../../../src/editor/insights/html.ts';
import { type InsightFacts, insightsPage } from '../../../../src/editor/insights/insights.ts';
import { newCounts } from '../../../../src/editor/usage/counts.ts';
import type { Made } from '../../../../src/editor/usage/usage.ts';

/** Text that would leave an element, an attribute in either quotes, or a comment. */
const evil = `"><img src=x onerror='alert(1)'></pre></title><script>x</script>&lt;`;

const made = (pieces: Made['pieces'], language = 'python'): Made => ({
  ...{ language, pieces },
  result: {
    ...{ type: 'done', text: 'x', finish: 'stop', tokens: 4, rounds: 1, prefilled: 1, drafted: 4 },
    ...{ accepted: 3, millis: { prefill: 1, decode: 8 }, drafts: {} },
  },
});
const facts = (change: Partial<InsightFacts> = {}): InsightFacts => ({
  ...{ counts: newCounts('2026-11-29'), times: [12], made: [], model: 'toy', policy: 'rule', drafts: [] },
  ...{ residentBytes: undefined, language: 'en' },
  ...change,
});

/** Nothing of the text has become markup. */
function assertHarmless(page: string): void {
  assert.ok(!/<img|<script|<\/pre><\/title>/.test(page), 'an element was let in');
  assert.ok(!/="[^"<]*">&lt;img/.test(page) && !page.includes(`'alert`), 'a quote was let in');
  assert.match(page, /&quot;&gt;&lt;img src=x onerror=&#39;alert\(1\)&#39;/);
  assert.match(page, /&amp;lt;/);
}

test('text is escaped once, each sign of it, and nothing else is touched', () => {
  assert.equal(
    escaped(`<a href="b">'&amp;'</a>`),
    '&lt;a href=&quot;b&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;',
  );
  assert.equal(escaped('größe = 1; // 日本 😀'), 'größe = 1; // 日本 😀');
});

test('captions, heads, cells, labels and titles are text, whatever stands in them', () => {
  assertHarmless(table(evil, [], []));
  assertHarmless(table('', [evil], []));
  assertHarmless(table('', [], [[evil]]));
  assertHarmless(table('', [], [['', evil]]));
  assertHarmless(bars(evil, []));
  assertHarmless(bars('', [{ label: evil, value: 1, text: '' }]));
  assertHarmless(bars('', [{ label: '', value: 1, text: evil }]));
  assertHarmless(pageOf(evil, 'en', '', 'n'));
  assertHarmless(pageOf('', evil, '', 'n'));
});

test('the insights page escapes each text that a model, a folder or an extension gives it', () => {
  const counts = newCounts('2026-11-29');
  const draft = { rounds: 1, drafted: 1, accepted: 1 };
  const changes: Partial<InsightFacts>[] = [
    { model: evil },
    { policy: evil },
    { language: evil },
    { made: [made([{ text: evil, draft: 'suffix' }])] },
    { made: [made([{ text: evil, draft: '' }])] },
    { made: [made([{ text: 'x', draft: evil }])] },
    { made: [made([], evil)] },
    { counts: { ...counts, shown: { [evil]: 1 } } },
    { counts: { ...counts, drafts: { [evil]: { suffix: draft } } } },
    { counts: { ...counts, drafts: { python: { [evil]: draft } } } },
  ];
  for (const change of changes) assertHarmless(insightsPage(facts(change), 'n'));
});

const arm = (policy: string, tokens: number, millis: number, drafted = 0, accepted = 0) => ({
  ...{ policy, tokens, millis, drafted, accepted },
});
const result = (...rows: BenchmarkResult['rows']): BenchmarkResult => ({ rows, places: 8, differing: 0 });

test('the page of a benchmark escapes the name of the file and of the draft', () => {
  assertHarmless(benchmarkPage(evil, result(arm('none', 1, 1)), 'en', 'n'));
  assertHarmless(benchmarkPage('a.ts', result(arm(evil, 1, 1)), 'en', 'n'));
});

test('a benchmark has the fastest first, compares with the model alone, and divides by nothing', () => {
  const page = benchmarkPage(
    'a.ts',
    result(arm('none', 100, 1_000), arm('fixed:slow', 100, 2_000, 10, 0), arm('rule', 100, 500, 80, 60)),
    'en',
    'n',
  );
  const rows = [...page.matchAll(/<th scope="row">(.+?)<\/th>(.+?)<\/tr>/g)];
  assert.deepEqual(
    rows.map(([, name, cells]) => [name, ...cells!.split(/<[^>]+>/).filter(Boolean)]),
    [
      ['rule', '200', '2.00', '75 %', '100'],
      ['none', '100', '1.00', '–', '100'],
      ['fixed:slow', '50', '0.50', '0 %', '100'],
    ],
  );
  const nothing = benchmarkPage('a.ts', result(arm('none', 0, 0), arm('rule', 0, 0)), 'en', 'n');
  assert.doesNotMatch(nothing, /NaN|Infinity/);
});

test('texts that differ are said to be a fault', () => {
  const page = benchmarkPage('a.ts', { ...result(arm('none', 1, 1)), differing: 2 }, 'en', 'n');
  assert.match(page, /The text differed in 2 of 8 places\. That should not be: please report it\./);
  assert.doesNotMatch(page, /The text was the same/);
});

test('no place of a benchmark is inside of a sign of two halves', () => {
  for (const line of ['🎉'.repeat(9), `x${'🎉'.repeat(9)}`, `  ${'🎉'.repeat(12)}x`]) {
    const text = Array.from({ length: 12 }, () => line).join('\n');
    const places = placesOf(text);
    assert.equal(places.length, 8);
    for (const { prefix, suffix } of places) {
      assert.doesNotMatch(`${prefix}\n${suffix}`, /\p{Surrogate}/u, line);
      assert.equal(prefix + suffix, text);
    }
  }
});

test('what is not known is a dash, and no figure is nonsense', () => {
  const page = insightsPage(facts(), 'n');
  for (const name of ['without drafts', 'shown without asking the model', 'memory of the worker'])
    assert.match(page, new RegExp(`<dt>${name}</dt><dd>–</dd>`));
  assert.match(page, /<th scope="row">still there after 30 s<\/th><td>–<\/td>/);
  assert.match(page, /<dt>saved today<\/dt><dd>0\.0 s<\/dd>/);
  assert.doesNotMatch(page, /NaN|Infinity|undefined/);
});

test('what was saved is never less than nothing, and long times are told in minutes', () => {
  const counts = { ...newCounts('2026-11-29'), jobs: 1, tokens: 10 };
  const saved = (plainMillis: number, decodeMillis: number) =>
    /<dt>saved today<\/dt><dd>(.*?)<\/dd>/.exec(
      insightsPage(facts({ counts: { ...counts, plainMillis, decodeMillis } }), 'n'),
    )?.[1];
  assert.equal(saved(10, 500), '0.0 s');
  assert.equal(saved(60_400, 500), '59.9 s');
  assert.equal(saved(90_500, 500), '1.5 min');
});

test('the share that was kept is of what was looked at', () => {
  const kept = { 30: { still: 2, looked: 3 }, 300: { still: 0, looked: 2 } };
  const page = insightsPage(facts({ counts: { ...newCounts('2026-11-29'), kept } }), 'n');
  assert.match(page, /still there after 30 s<\/th><td>67 % \(3\)</);
  assert.match(page, /still there after 5 min<\/th><td>0 % \(2\)</);
});

test('times are told by their quantiles, in whatever order they came', () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i);
  const page = insightsPage(facts({ times }), 'n');
  assert.match(page, /100 suggestions since the window opened/);
  assert.match(page, /to the answer<\/th><td>51 ms<\/td><td>96 ms<\/td><td>100 ms<\/td>/);
  assert.equal(times[0], 100);
});

test('each draft keeps its mark over all suggestions, and beyond the colours they begin anew', () => {
  const ids = Array.from({ length: colourCount + 1 }, (_, i) => `draft${i}`);
  const page = insightsPage(
    facts({
      made: [made(ids.map((draft) => ({ text: draft, draft }))), made([{ text: 'again', draft: 'draft2' }])],
    }),
    'n',
  );
  assert.match(page, /<span class="d d2" title="draft2">again<\/span>/);
  assert.match(page, new RegExp(`<span class="d d0" title="draft${colourCount}">`));
  assert.equal(page.match(/class="key"/g)?.length, ids.length + 1);
});
