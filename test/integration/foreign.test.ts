import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { PassTimes } from '../../src/engine/policy/costs.ts';
import { convertGguf } from '../../src/gguf/convert.ts';
import { type CompletionJob, complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { models } from '../toy/bundled.ts';
import { ggufBytes, toyGguf } from '../toy/gguf.ts';
import { Random } from '../toy/random.ts';

/** What the bundled drafts and the policy for every model do beside one of another family, with another vocabulary. */

/** Of a large model on a small machine: a pass of eight rows takes about as long as one of two. */
const LARGE: PassTimes = { widths: [2, 4, 8, 16, 32, 64], contexts: [0], millis: [[20, 20, 22, 26, 40, 75]] };

describe('a model of another family', () => {
  let folder: string;
  let pipeline: Pipeline;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-foreign-'));
    const { facts, tensors } = toyGguf(3, { architecture: 'qwen3', kind: 'Q8_0', tied: true });
    const file = path.join(folder, 'toy.gguf');
    writeFileSync(file, ggufBytes(facts, tensors));
    await convertGguf(file, path.join(folder, 'toy'), {});
    const model = path.join(folder, 'toy');
    pipeline = await loadPipeline({ model, bundled: models, pool: [], threads: 1 });
  });
  after(async () => {
    await pipeline.dispose();
    rmSync(folder, { recursive: true });
  });

  const run = (policy: string, job: Partial<CompletionJob>, target: PassTimes) => {
    const on = { ...pipeline, costs: { ...pipeline.costs, target } };
    const text = { path: 'a.ts', language: 'typescript', prefix: '', suffix: '', singleLine: false };
    return complete(
      on,
      { ...text, maxTokens: 96, ...job },
      {
        policy: policyOf(policy, on),
        signal: new AbortController().signal,
        onPieces: () => undefined,
      },
    );
  };
  const prefix = 'for (const name of names) {\n  show(name);\n}\nfor (const name of na';

  test('gets the drafts that need no vocabulary of their own, the general policy, and half the passes', async () => {
    assert.ok(pipeline.policy?.trainedOn.model.startsWith('base '));
    assert.ok(pipeline.drafts.some(({ id }) => id === 'ensemble:stack'));
    const plain = await run('none', { prefix }, LARGE);
    const drafted = await run('policy', { prefix }, LARGE);
    assert.deepEqual(drafted.ids, plain.ids);
    assert.ok(plain.rounds >= 1.5 * drafted.rounds, `${plain.rounds} passes, ${drafted.rounds} with drafts`);
  });

  test('writes what stands in its workspace in far fewer passes', async () => {
    const script =
      'export function area(width: number, height: number): number {\n  return width * height;\n}\n';
    pipeline.index.put('b.ts', pipeline.tokenizer.encode(script));
    const plain = await run('none', { prefix: '// a\n', script }, LARGE);
    const drafted = await run('policy', { prefix: '// a\n', script }, LARGE);
    assert.deepEqual(drafted.ids, plain.ids);
    assert.ok(plain.rounds > 3 * drafted.rounds, `${plain.rounds} passes, ${drafted.rounds} with drafts`);
  });

  test('whose passes are shorter than a guess has no model drafting beside it, and the same text where nothing can be guessed', async () => {
    assert.deepEqual(Object.keys(pipeline.costs.drafts), [], 'a draft that takes time never pays here');
    const random = new Random(5);
    const script = random.list(90, () => random.pick([...'abcdefghijklmnopqrstuvwxyz0123456789'])).join('');
    const { target } = pipeline.costs;
    const plain = await run('none', { prefix: '// noise\n', script }, target);
    const drafted = await run('policy', { prefix: '// noise\n', script }, target);
    assert.deepEqual(drafted.ids, plain.ids);
    assert.ok(drafted.accepted < 10, `${drafted.accepted}`);
  });
});
