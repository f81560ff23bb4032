import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { languageOf } from '../../src/prompts/language.ts';
import { models, root } from '../toy/bundled.ts';

/** Sampled texts of the bundled model: the same seed must give the same text, whoever drafts and however far. */

const TEMPERATURES = [0, 0.2, 0.7, 1.0];
const MAX_TOKENS = 20;
/** Each arm sees about a third of the prompts and temperatures, to keep this short. */
const SHARE = 3;

const cursors = [
  { file: 'src/engine/decoder.ts', at: 3000 },
  { file: 'training/smoke.py', at: 900 },
  { file: 'README.md', at: 1500 },
].map(({ file, at }) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  return {
    path: file,
    language: languageOf(file),
    prefix: text.slice(0, at),
    suffix: text.slice(at, at + 400),
  };
});

describe('the bundled model with a seed', () => {
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await loadPipeline({ model: 'tiny', bundled: models, pool: [], threads: 0 });
    assert.ok(pipeline.memory, 'with the workspace memory, as it is bundled');
    for (const { path: file, suffix } of cursors) pipeline.index.put(file, pipeline.tokenizer.encode(suffix));
  });
  after(() => pipeline.target.dispose());

  const run = (cursor: (typeof cursors)[number], temperature: number, seed: number, policy: string) =>
    complete(
      pipeline,
      {
        ...cursor,
        singleLine: false,
        maxTokens: MAX_TOKENS,
        sampling: temperature === 0 ? undefined : { temperature, topP: 1, seed },
      },
      {
        policy: policyOf(policy, pipeline),
        signal: new AbortController().signal,
        onPieces: () => undefined,
      },
    );

  test('writes one text for all drafts, policies and lengths, at temperatures 0, 0.2, 0.7 and 1', async () => {
    const lengths = [1, 4, 13];
    const drafts = [...pipeline.drafts, ...pipeline.draftsByName].map(
      ({ id }, i) => `${id}@${lengths[i % lengths.length]}`,
    );
    const arms = [...drafts, 'suffix@40', 'rule', 'trained', 'trained+online'];
    let turn = 0;
    let compared = 0;
    let accepted = 0;
    for (const cursor of cursors) {
      for (const temperature of TEMPERATURES) {
        const plain = await run(cursor, temperature, 7, 'none');
        for (const arm of arms) {
          if (turn++ % SHARE !== 0) continue;
          const { ids, text, finish, ...counts } = await run(cursor, temperature, 7, arm);
          assert.deepEqual(
            { ids, text, finish },
            { ids: plain.ids, text: plain.text, finish: plain.finish },
            `${cursor.path} at ${temperature} with ${arm}`,
          );
          compared++;
          accepted += counts.accepted;
        }
      }
    }
    assert.ok(compared > 30, `${compared} texts`);
    assert.ok(accepted > 30, `guesses were right ${accepted} times`);
  });

  test('writes other texts for other seeds, so that equality says something', async () => {
    const [cursor] = cursors;
    const texts = new Set<string>();
    for (let seed = 0; seed < 5; seed++) texts.add((await run(cursor!, 1, seed, 'rule')).text);
    assert.ok(texts.size >= 4, `${texts.size} texts`);
    const greedy = await run(cursor!, 0, 1, 'suffix');
    assert.equal((await run(cursor!, 0, 2, 'none')).text, greedy.text);
  });
});
