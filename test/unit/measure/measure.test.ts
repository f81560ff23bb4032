import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ArmSample } from '../../../src/measure/arms.ts';
import { readPrompts } from '../../../src/measure/prompts.ts';
import { summarize, table } from '../../../src/measure/report.ts';
import { geometricMean, median, seededRandom } from '../../../src/measure/statistics.ts';

const prompt = (id: string, language: string) => ({
  id,
  task: 'complete' as const,
  language,
  path: 'a',
  prefix: 'x',
  suffix: '',
});

const sample = (arm: string, id: string, language: string, millis: number, rounds: number): ArmSample => ({
  arm,
  prompt: prompt(id, language),
  millis,
  tokens: 12,
  rounds,
  identical: arm !== 'wrong',
});

test('median of odd and even counts', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('the geometric mean lies in its interval, and equal ratios have none to speak of', () => {
  const { geomean, low, high } = geometricMean([1, 2, 4]);
  assert.ok(Math.abs(geomean - 2) < 1e-12);
  assert.ok(low < 2 && high > 2 && low >= 1 && high <= 4);
  const equal = geometricMean([1.5, 1.5, 1.5]);
  for (const value of Object.values(equal)) assert.ok(Math.abs(value - 1.5) < 1e-12);
});

test('a bootstrap interval covers the true mean about as often as it says', () => {
  const random = seededRandom(7);
  let covered = 0;
  const trials = 100;
  for (let trial = 0; trial < trials; trial++) {
    // Sums of uniform noise are near normal; the true log mean is 0.
    const ratios = Array.from({ length: 40 }, () => Math.exp(random() + random() + random() - 1.5));
    const { low, high } = geometricMean(ratios);
    if (low <= 1 && high >= 1) covered++;
  }
  assert.ok(covered >= 86, `${covered} of ${trials}`);
});

test('a report compares each arm with none, prompt by prompt', () => {
  const report = summarize([
    sample('none', '1', 'python', 10, 12),
    sample('none', '2', 'go', 40, 12),
    sample('fast', '1', 'python', 5, 4),
    sample('fast', '2', 'go', 10, 8),
    sample('wrong', '1', 'python', 10, 12),
  ]);
  const fast = report.fast!;
  assert.ok(Math.abs(fast.speedup.geomean - Math.sqrt(8)) < 1e-12);
  assert.equal(fast.tau, 2);
  assert.equal(fast.tokensPerSecond, (1000 * 24) / 15);
  assert.equal(fast.byLanguage.python!.speedup.geomean, 2);
  assert.ok(Math.abs(fast.byLanguage.go!.speedup.geomean - 4) < 1e-12);
  assert.deepEqual([fast.identical, fast.of], [2, 2]);
  assert.deepEqual([report.wrong!.identical, report.wrong!.of], [0, 1]);
  const [header, , ...rows] = table(report).split('\n');
  assert.match(header!, /arm.*identical.*go.*python/);
  assert.equal(rows.length, 3);
});

test('a report splits by class, kind and natural language where prompts have them', () => {
  const of = (arm: string, id: string, millis: number, extra: Partial<ArmSample['prompt']>): ArmSample => {
    const plain = sample(arm, id, 'go', millis, 6);
    return { ...plain, prompt: { ...plain.prompt, ...extra } };
  };
  const edit = { class: 'edit', kind: 'rename' };
  const prose = { class: 'docs', kind: 'prose', naturalLanguage: 'de' };
  const report = summarize([
    of('none', '1', 30, edit),
    of('none', '2', 20, prose),
    of('none', '3', 20, {}),
    of('fast', '1', 10, edit),
    of('fast', '2', 10, prose),
    of('fast', '3', 20, {}),
  ]);
  const { byClass, byKind, byNaturalLanguage } = report.fast!;
  assert.deepEqual(Object.keys(byClass), ['edit', 'docs']);
  assert.ok(Math.abs(byClass.edit!.speedup.geomean - 3) < 1e-12);
  assert.ok(Math.abs(byKind.prose!.speedup.geomean - 2) < 1e-12);
  assert.deepEqual(Object.keys(byNaturalLanguage), ['de']);
  const [header, , , fast] = table(report, 'byClass').split('\n');
  assert.match(header!, /docs *\| edit/);
  assert.match(fast!, /2\.00 *\| 3\.00 *\|$/);
});

describe('a prompts file', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'slipstream-prompts-'));
  });
  after(() => rm(folder, { recursive: true }));

  const write = async (text: string) => {
    const file = path.join(folder, 'prompts.jsonl');
    await writeFile(file, text);
    return file;
  };
  const good = JSON.stringify(prompt('one', 'go'));

  test('is read line by line, blank lines and line ends of any kind aside', async () => {
    const prompts = await readPrompts(await write(`${good}\r\n\n${good}`));
    assert.deepEqual(
      prompts.map(({ id }) => id),
      ['one', 'one'],
    );
  });

  test('may be compressed', async () => {
    const file = path.join(folder, 'prompts.jsonl.gz');
    await writeFile(file, gzipSync(`${good}\n`));
    assert.deepEqual(await readPrompts(file), [prompt('one', 'go')]);
    await writeFile(file, good);
    await assert.rejects(readPrompts(file), { reason: 'prompts-unreadable' });
    await assert.rejects(readPrompts(path.join(folder, 'none.jsonl.gz')), { reason: 'prompts-unreadable' });
  });

  test('keeps class, kind and natural language', async () => {
    const labels = { kind: 'prose', class: 'docs', naturalLanguage: 'fr' };
    const [read] = await readPrompts(await write(JSON.stringify({ ...prompt('one', 'go'), ...labels })));
    assert.deepEqual(read, { ...prompt('one', 'go'), ...labels });
  });

  test('with a line that is not JSON names the line', async () => {
    await assert.rejects(readPrompts(await write(`${good}\n\n{"id":`)), {
      reason: 'prompts-broken',
      message: /^Line 3 of .*prompts\.jsonl is not a prompt/,
    });
  });

  test('with a field missing names line and field', async () => {
    const { suffix: _suffix, ...rest } = prompt('two', 'go');
    await assert.rejects(readPrompts(await write(`${good}\n${JSON.stringify(rest)}`)), {
      reason: 'prompts-broken',
      message: /^Line 2 .*suffix/,
    });
  });

  test('without prompts, or missing, is an error of its own', async () => {
    await assert.rejects(readPrompts(await write('\n')), { reason: 'prompts-empty' });
    await assert.rejects(readPrompts(path.join(folder, 'none.jsonl')), { reason: 'prompts-unreadable' });
  });
});
