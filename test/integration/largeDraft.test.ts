import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { models } from '../toy/bundled.ts';

/** The two bundled models the wrong way round: the larger one, with 49,152 tokens, drafts for the one that has 8,192. */
describe('a target with a draft of a larger vocabulary', () => {
  let folder: string;
  let pipeline: Pipeline;

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-larger-'));
    cpSync(path.join(models, 'target'), path.join(folder, 'chief'), { recursive: true });
    const giant = path.join(folder, 'giant');
    cpSync(path.join(models, 'base'), giant, { recursive: true });
    const card = JSON.parse(readFileSync(path.join(giant, 'slipstream.json'), 'utf8'));
    writeFileSync(path.join(giant, 'slipstream.json'), JSON.stringify({ ...card, role: 'draft' }));
    const manifest = JSON.parse(readFileSync(path.join(giant, 'manifest.json'), 'utf8'));
    delete manifest.files['slipstream.json'];
    writeFileSync(path.join(giant, 'manifest.json'), JSON.stringify(manifest));
    pipeline = await loadPipeline({
      model: path.join(folder, 'chief'),
      bundled: models,
      pool: ['giant'],
      threads: 0,
    });
  });
  after(async () => {
    await pipeline.dispose();
    rmSync(folder, { recursive: true });
  });

  test('writes the same text, and its guesses are right at times', async () => {
    assert.deepEqual([...pipeline.loaded.problems, ...pipeline.loaded.notices], []);
    let accepted = 0;
    for (const prefix of [
      'export function sum(values: number[]): number {\n  let total = 0;\n  for (const value of values) ',
      '# 日本語のコメント 🚀 naïve\ndef add(left, right):\n    return ',
      'The quick brown fox jumps over the la',
    ]) {
      const run = (policy: string) =>
        complete(
          pipeline,
          { path: 'a.ts', language: 'typescript', prefix, suffix: '\n', singleLine: false, maxTokens: 24 },
          {
            policy: policyOf(policy, pipeline),
            signal: new AbortController().signal,
            onPieces: () => undefined,
          },
        );
      const plain = await run('none');
      for (const policy of ['giant@1', 'giant@4', 'rule']) {
        const result = await run(policy);
        assert.deepEqual([result.ids, result.text], [plain.ids, plain.text], `${policy}: ${prefix}`);
        accepted += result.accepted;
      }
    }
    assert.ok(accepted > 5, `only ${accepted} guesses were right`);
  });
});
