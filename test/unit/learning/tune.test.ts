import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Pipeline } from '../../../src/inference/pipeline.ts';
import { LogWriter } from '../../../src/learning/logWriter.ts';
import { type TuneOptions, tune } from '../../../src/learning/tune.ts';
import { planOf, type TunePlan } from '../../../src/learning/tunePlan.ts';
import { refusal } from '../models/toyStore.ts';
import { toyHeader, toyLog } from './toyLog.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-tune-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text = source(60)): void {
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, text);
}

const source = (lines: number) =>
  Array.from({ length: lines }, (_, i) => `    const value${i} = ${i} * 2;\n`).join('');

describe('what a model is tuned on', () => {
  test('are requests from all files, the same ones in the same order each time', async () => {
    for (let i = 0; i < 12; i++) put(`src/${i}.ts`);
    const plan = await planOf([folder], []);
    assert.ok(plan.prompts.length > 100 && plan.prompts.length <= 300, `${plan.prompts.length}`);
    assert.deepEqual((await planOf([folder], [])).prompts, plan.prompts);
    // Whatever part of them the time suffices for is a fair one.
    assert.ok(new Set(plan.prompts.slice(0, 40).map((prompt) => prompt.path)).size > 8);
  });

  test('what is compared on comes from files that nothing is trained on, or from other places where there are few files', async () => {
    for (let i = 0; i < 12; i++) put(`src/${i}.ts`);
    const sides = (plan: TunePlan) => {
      const of = (held: boolean) => plan.prompts.filter(({ id }) => plan.heldOut(id) === held);
      return { held: of(true), rest: of(false) };
    };
    const { held, rest } = sides(await planOf([folder], []));
    assert.ok(held.length > 0 && rest.length > held.length);
    const trained = new Set(rest.map((prompt) => prompt.path));
    assert.ok(held.every((prompt) => !trained.has(prompt.path)));
    for (let i = 2; i < 12; i++) rmSync(path.join(folder, `src/${i}.ts`));
    const few = sides(await planOf([folder], []));
    assert.ok(few.held.length > 5 && few.rest.length > few.held.length);
  });

  test('is nothing that the folder or the user leaves out, and nothing that holds secrets', async () => {
    for (const name of ['a.ts', 'mine/b.ts', 'left/c.ts', 'd.ts', '.env.ts', 'secrets.json']) put(name);
    writeFileSync(path.join(folder, '.slipstreamignore'), 'left/\n');
    const { files } = await planOf([folder], ['mine/']);
    assert.deepEqual(
      files.map((file) => file.path),
      ['a.ts', 'd.ts'],
    );
  });

  test('of several folders has a name for every file', async () => {
    put('one/a.ts');
    put('two/a.ts');
    const { files } = await planOf(
      ['one', 'two'].map((name) => path.join(folder, name)),
      [],
    );
    assert.deepEqual(
      files.map((file) => file.path),
      ['a.ts', '2/a.ts'],
    );
  });
});

describe('tuning on what is recorded', () => {
  const { records } = toyLog('toys', 48);
  const plan: TunePlan = {
    files: [],
    prompts: records.map(({ id }) => ({
      ...{ id, task: 'complete', language: 'go', path: `${id}.go`, prefix: '', suffix: '' },
    })),
    heldOut: (id) => Number(id.split('-')[1]) % 4 < 2 && Number(id.split('-')[1]) % 8 < 4,
  };
  /** A model of which everything is recorded: it is never asked. */
  const pipeline = {
    selfTest: { widthInvariant: true, widths: [] },
    loaded: { notices: [] },
    drafts: toyHeader.arms.map((arm) => ({ ...arm, open: () => assert.fail('a draft was opened') })),
    costs: toyHeader.costs,
    policy: undefined,
    tokenizer: { vocabulary: { size: 0 } },
  } as unknown as Pipeline;

  async function recorded(count = records.length): Promise<string> {
    const file = path.join(folder, 'toy.log');
    const log = await LogWriter.open(file, toyHeader);
    for (const record of records.slice(0, count)) await log.write(record);
    await log.close();
    return file;
  }

  const options = (log: string, more: Partial<TuneOptions> = {}): TuneOptions => ({
    ...{
      millis: 60_000,
      signal: new AbortController().signal,
      model: 'toy',
      log,
      onProgress: () => undefined,
    },
    ...more,
  });

  test('gives a policy that is faster on what was held out, and says what it gave', async () => {
    const log = await recorded();
    const parts = new Map<string, number[]>();
    const note = (part: string, percent: number) => parts.set(part, [...(parts.get(part) ?? []), percent]);
    const result = await tune(pipeline, plan, options(log, { onProgress: note }));
    assert.ok(result.after > result.before && result.before > 0.9, JSON.stringify({ ...result, policy: 0 }));
    assert.equal(result.requests, 48);
    assert.equal(result.rounds, 48 * 40);
    assert.equal(result.held, records.filter(({ id }) => plan.heldOut(id)).length);
    assert.ok(result.policy?.method === 'round');
    assert.deepEqual(result.policy.arms, ['edit', 'suffix', 'neural']);
    assert.deepEqual(result.policy.timed, ['neural']);
    assert.equal(result.policy.trainedOn.requests, 48 - result.held);
    assert.equal(existsSync(`${log}.part`), false, 'what was recorded is not needed any more');
    assert.deepEqual([...parts.keys()], ['recording', 'training', 'comparing']);
    for (const percents of parts.values()) {
      assert.deepEqual(
        percents,
        [...percents].sort((a, b) => a - b),
      );
      assert.equal(percents.at(-1), 100);
    }
  });

  test('leaves the policy that is there where the new one is no better', async () => {
    const { policy } = await tune(pipeline, plan, options(await recorded()));
    const again = await tune({ ...pipeline, policy } as Pipeline, plan, options(await recorded()));
    // It went on from a policy that had seen the same requests.
    assert.equal(again.policy !== undefined, again.after > again.before);
    assert.ok(again.before > 1.2);
  });

  test('stops at once when it is told to, and keeps what is recorded', async () => {
    const log = await recorded();
    const stop = new AbortController();
    const reason = new Error('enough');
    let told = 0;
    const stopped = tune(
      pipeline,
      plan,
      options(log, {
        signal: stop.signal,
        onProgress: (part, percent) => {
          if (part !== 'training' || percent === 0 || told > 0) return;
          told = performance.now();
          stop.abort(reason);
        },
      }),
    );
    await assert.rejects(stopped, reason);
    assert.ok(performance.now() - told < 1000);
    assert.ok(existsSync(`${log}.part`));
    const { requests } = await tune(pipeline, plan, options(log));
    assert.equal(requests, 48);
  });

  test('is refused, with what to do, where too little is recorded or drafts would change the text', async () => {
    const log = await recorded(5);
    const few = { ...plan, prompts: plan.prompts.slice(0, 5) };
    await assert.rejects(tune(pipeline, few, options(log)), refusal('tune-too-few', /5 requests.*more time/));
    assert.ok(existsSync(`${log}.part`));
    const varying = { ...pipeline, selfTest: { widthInvariant: false } } as unknown as Pipeline;
    await assert.rejects(tune(varying, plan, options(log)), refusal('not-invariant'));
    await assert.rejects(
      tune(pipeline, { ...plan, prompts: [] }, options(path.join(folder, 'other'))),
      refusal('no-sources'),
    );
  });

  test('begins anew where what is there is of another model or damaged', async () => {
    const log = await recorded();
    const stopped = options(log, { signal: AbortSignal.abort(new Error('stopped')) });
    const lines = () => readFileSync(`${log}.part`, 'utf8').trim().split('\n');
    await assert.rejects(tune(pipeline, plan, stopped), { message: 'stopped' });
    assert.equal(lines().length, 49, 'what fits is kept');
    const other = { ...pipeline, drafts: pipeline.drafts.slice(1) } as Pipeline;
    await assert.rejects(tune(other, plan, stopped), { message: 'stopped' });
    assert.equal(lines().length, 1);
    writeFileSync(`${log}.part`, '{"format": "odd"}\n');
    await assert.rejects(tune(pipeline, plan, stopped), { message: 'stopped' });
    assert.match(lines().join(), /slipstream-policy-log/);
  });
});
