import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { evaluateCommand } from '../../../research/evaluate/command.ts';
import { evaluate, type Results } from '../../../research/evaluate/evaluate.ts';
import { EMPTY_REPORT, refreshReport } from '../../../research/evaluate/report.ts';
import { drawPlots } from '../../../research/plots/plots.ts';
import type { Log } from '../../../src/learning/log.ts';
import { worldOf } from '../../../src/learning/world.ts';
import { toyLog } from '../learning/toyLog.ts';

const training = toyLog('training', 16);
const held = toyLog('held out', 12);
let cached: Results | undefined;

function results(): Results {
  cached ??= evaluate(worldOf(training, held), {
    seeds: 2,
    policies: [],
    prose: worldOf(training, toyLog('prose', 8)),
    quick: false,
    onStep: () => undefined,
  });
  return cached;
}

const score = (id: string) => {
  const found = results().scores.find((each) => each.id === id);
  assert.ok(found, `${id} is missing`);
  return found;
};

test('policies stand in the order that the toy log dictates', () => {
  const speed = (id: string) => score(id).speedup.geomean;
  assert.equal(speed('none'), 1);
  // In each language another draft is right, so a fixed one is right in half of the requests.
  assert.ok(speed('language router') > 1.3 * speed('best fixed'));
  assert.ok(speed('trained') > 1.3 * speed('best fixed'));
  assert.ok(speed('paper α=1') > 1.3 * speed('best fixed'));
  assert.ok(speed('oracle per round') >= speed('oracle per request') - 1e-9);
  for (const { id, speedup } of results().scores) {
    assert.ok(speedup.geomean <= speed('oracle per round') + 1e-9, id);
  }
});

test('the gap is none for the best fixed draft and whole for the oracle', () => {
  assert.ok(Math.abs(score('best fixed').gap!) < 1e-9);
  assert.ok(Math.abs(score('oracle per round').gap! - 1) < 1e-9);
  assert.ok(score('trained').gap! > 0.5);
});

test('speedups are told by language and class, and of prose by natural language', () => {
  assert.deepEqual(Object.keys(score('trained').byLanguage).sort(), ['go', 'python']);
  assert.deepEqual(Object.keys(score('trained').byClass).sort(), ['edit', 'line']);
  const { service } = results();
  assert.deepEqual(service.map(({ naturalLanguage }) => naturalLanguage).sort(), ['de', 'en']);
  for (const { requests, trained, oracle } of service) {
    assert.equal(requests, 4);
    assert.ok(trained > 2 && trained <= oracle + 1e-9);
  }
  const suffix = results().scores.find(({ id }) => id.startsWith('suffix@'))!;
  assert.ok(suffix.byLanguage.go! > 2 && suffix.byLanguage.python! < 1.01);
});

test('the trained policy is set against every fixed draft in every context', () => {
  const { cells, drafts } = results();
  assert.equal(cells.length, 4 * drafts.length);
  for (const { speedup, trained, verdict } of cells) {
    const ratio = trained / speedup;
    assert.equal(verdict, ratio > 1.02 ? 'win' : ratio < 0.98 ? 'loss' : 'tie');
  }
});

test('a router that has not seen a language does worse in it', () => {
  const routed = results().heldOut.filter(
    ({ policy, property }) => policy === 'language router' && property === 'language',
  );
  assert.deepEqual(routed.map(({ value }) => value).sort(), ['go', 'python']);
  for (const { seen, unseen } of routed) assert.ok(unseen < seen);
});

test('the learning curve ends with all requests, regret with two languages, picks add up', () => {
  const { curve, regret, picks, test: extent } = results();
  assert.deepEqual([...new Set(curve.map(({ prompts }) => prompts))], [10, 16]);
  for (const { policy, speedups } of curve) if (policy === 'trained') assert.equal(speedups.length, 2);
  assert.equal(regret?.changeAt, 6);
  for (const { millis } of regret?.curves ?? []) assert.equal(millis.length, 12);
  for (const language of ['go', 'python']) {
    const sum = picks.filter((pick) => pick.language === language).reduce((all, { share }) => all + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  }
  assert.deepEqual(extent, { requests: 12, groups: 1, tokens: 480 });
});

test('a report is refreshed between its marks, and what stands around them stays', () => {
  const report = `# Mine\n\nbefore\n\n<!-- results -->\nold\n<!-- /results -->\n\nafter\n`;
  const once = refreshReport(report, results());
  assert.match(once, /^# Mine\n\nbefore\n\n<!-- results -->/);
  assert.match(once, /<!-- \/results -->\n\nafter\n$/);
  assert.doesNotMatch(once, /\nold\n/);
  assert.match(once, /\| oracle per round +\|/);
  assert.equal(refreshReport(once, results()), once);
  assert.match(refreshReport('# Bare\n', results()), /^# Bare\n\n<!-- results -->/);
  assert.match(refreshReport(EMPTY_REPORT, results()), /language router/);
  assert.match(once, /### Prose by natural language/);
});

test('plots are drawn of all that was found', async () => {
  const plots = await drawPlots(results());
  assert.deepEqual(
    plots.map(({ name }) => name),
    ['heat-map', 'learning-curve', 'front', 'regret', 'picks'],
  );
  for (const { svg } of plots) {
    assert.match(svg, /^<svg /);
    assert.doesNotMatch(svg, /NaN|undefined/);
  }
});

test('without what drafts write alone, the paper’s method is left out and the results say so', () => {
  const bare = ({ header, records }: Log): Log => ({
    header,
    records: records.map(({ own: _, ...record }) => record),
  });
  const { scores, notes } = evaluate(worldOf(bare(training), bare(held), ['edit', 'suffix']), {
    seeds: 1,
    policies: [],
    quick: true,
    onStep: () => undefined,
  });
  assert.ok(!scores.some(({ id }) => id.startsWith('paper')));
  assert.match(notes.join(), /method of the paper is left out/);
  assert.ok(!scores.some(({ id }) => id.startsWith('neural')));
});

test('logs that do not belong together are refused, each with its reason', () => {
  const reason = (expected: string) => ({ name: 'UserError', reason: expected });
  const other = { ...held, header: { ...held.header, model: 'another' } };
  assert.throws(() => worldOf(training, other), reason('logs-differ'));
  assert.throws(() => worldOf(training, training), reason('logs-overlap'));
  assert.throws(() => worldOf(training, held, ['medusa']), reason('draft-unknown'));
  const { suffix: _, ...arms } = held.records[0]!.arms;
  const lacking = { ...held, records: [{ ...held.records[0]!, arms }] };
  assert.throws(() => worldOf(training, lacking), reason('log-arm'));
});

test('the command writes results, tables and plots, and refuses what is no log', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'evaluate-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = async (name: string, { header, records }: Log) => {
    const lines = [header, ...records].map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(path.join(folder, name), gzipSync(lines));
    return path.join(folder, name);
  };
  const out = path.join(folder, 'out');
  const [train, tested] = [await file('train.gz', training), await file('test.gz', held)];
  t.mock.method(console, 'error', () => undefined);
  t.mock.method(console, 'log', () => undefined);
  const command = (...args: string[]) => evaluateCommand().parseAsync(args, { from: 'user' });
  await command(train, '--test', tested, '--out', out, '--seeds', '1', '--quick');
  assert.deepEqual((await readdir(out)).sort(), [
    'front.svg',
    'heat-map.svg',
    'picks.svg',
    'regret.svg',
    'results.json',
    'results.md',
  ]);
  const written: unknown = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
  assert.equal((written as Results).test.requests, 12);

  const refused = async (log: Log, reason: string) => {
    const bad = await file('bad.gz', log);
    await assert.rejects(command(train, '--test', bad), { name: 'UserError', reason });
  };
  await refused({ header: held.header, records: [] }, 'log-empty');
  await refused({ ...held, header: { ...held.header, version: 99 } }, 'log-version');
  await refused({ ...held, header: { ...held.header, model: 'another' } }, 'logs-differ');
});
