import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FEATURES } from '../../src/engine/policy/layout.ts';
import { GUESS_PLACES } from '../../src/engine/policy/planner.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import { tokenKinds } from '../../src/engine/policy/tokenKinds.ts';
import { trainedPolicy } from '../../src/engine/policy/trained.ts';
import { complete } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { recordJob } from '../../src/learning/collect.ts';
import { replay, roundMillis, standInKinds } from '../../src/learning/replay.ts';
import { Workspaces } from '../../src/learning/workspaces.ts';
import { readPrompts } from '../../src/measure/prompts.ts';
import { seededRandom } from '../../src/measure/statistics.ts';
import { Network } from '../../src/selection/network.ts';
import { models, root } from '../toy/bundled.ts';

const signal = new AbortController().signal;
const pool = ['suffix', 'edit', 'lookup'];
const arms = ['suffix', 'edit'];
const network = Network.random([FEATURES, 8, GUESS_PLACES.length], seededRandom(4)).toWeights();

interface Round {
  readonly draft: string | undefined;
  readonly drafted: number;
  readonly accepted: number;
}

describe('a request recorded with the bundled target', () => {
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await loadPipeline({ model: 'tiny', bundled: models, pool, threads: 1 });
  });
  after(() => pipeline.dispose());

  /** Rounds of real decoding, on a clock that goes by the cost table as replaying does. */
  async function decoded(job: Parameters<typeof complete>[1], policy: Policy) {
    const times = { costs: pipeline.costs, overhead: 0 };
    const rounds: Round[] = [];
    const watched: Policy = {
      ...policy,
      begin(context) {
        const inner = policy.begin(context);
        let held = context.prompt.length;
        return {
          choose: (sessions) => inner.choose(sessions),
          observe(outcome) {
            const { draft, drafted, accepted } = outcome;
            rounds.push({ draft, drafted, accepted });
            inner.observe({ ...outcome, millis: roundMillis(times, undefined, drafted, held, 0) });
            held += outcome.committed.length;
          },
        };
      },
    };
    const { ids } = await complete(pipeline, job, { policy: watched, signal, onPieces: () => undefined });
    return { ids, rounds };
  }

  test('is replayed round by round as it is decoded, whoever chooses', async () => {
    const prompts = (await readPrompts(path.join(root, 'bench/prompts/smoke.jsonl'))).slice(0, 2);
    const kinds = tokenKinds(pipeline.tokenizer.vocabulary);
    const { drafts, costs } = pipeline;
    const trained = (of: Uint8Array) =>
      trainedPolicy({ arms, price: 1.4, network }, { drafts, costs, kinds: of });
    const policies: Readonly<Record<string, (of: Uint8Array) => Policy>> = {
      rule: () => policyOf('rule', pipeline),
      'suffix@3': () => policyOf('suffix@3', pipeline),
      trained,
    };
    let accepted = 0;
    const workspaces = await Workspaces.read([], pipeline.tokenizer);
    for (const prompt of prompts) {
      // With its own file in the index, where a draft that does not know it would copy what follows the cursor.
      workspaces.fill(pipeline.index, prompt);
      const job = { ...prompt, group: 'smoke', class: 'line', singleLine: false, maxTokens: 24 };
      const record = await recordJob(pipeline, job, kinds, { keepTokens: true, signal });
      for (const [name, make] of Object.entries(policies)) {
        const real = await decoded(job, make(kinds));
        assert.deepEqual(record.ids, real.ids, `${prompt.id}, ${name}`);
        const rounds: Round[] = [];
        replay(record, make(standInKinds), { costs, overhead: 0 }, ({ draft, drafted, accepted: right }) => {
          rounds.push({ draft, drafted, accepted: right });
          accepted += right;
        });
        // Near the end decoding may draft beyond what replaying knows to be the end.
        let left = real.ids.length - 1;
        const within = real.rounds.map((round) => {
          const drafted = Math.min(round.drafted, left);
          left -= round.accepted + 1;
          return { ...round, drafted };
        });
        assert.deepEqual(rounds, within, `${prompt.id}, ${name}`);
      }
    }
    assert.ok(accepted > 0);
  });

  test('holds no token unless it was asked to', async () => {
    const [prompt] = await readPrompts(path.join(root, 'bench/prompts/smoke.jsonl'));
    const job = { ...prompt!, group: 'smoke', class: 'line', singleLine: false, maxTokens: 4 };
    const kinds = tokenKinds(pipeline.tokenizer.vocabulary);
    const record = await recordJob(pipeline, job, kinds, { keepTokens: false, signal });
    assert.equal(record.ids, undefined);
    assert.ok(record.kinds.length >= 1 && record.kinds.length <= 4);
  });
});
