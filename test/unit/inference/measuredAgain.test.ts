import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CostDrift, measuredAgain } from '../../../src/inference/costDrift.ts';
import type { Pipeline } from '../../../src/inference/pipeline.ts';
import { policyOf } from '../../../src/inference/policies.ts';
import { toyCosts } from '../../toy/logs.ts';

/** A pipeline whose target only counts its tokens; `score` may fail. */
function pipelineOf(score: () => void = () => undefined) {
  const watched: unknown[] = [];
  const onPass = () => undefined;
  const target = {
    contextLength: 64,
    length: 0,
    onPass: onPass as unknown,
    truncate(length: number) {
      this.length = length;
    },
    async score(tokens: readonly number[]) {
      if (this.onPass) watched.push(tokens);
      score();
      this.length += tokens.length;
    },
  };
  const costs = {
    target: { widths: [2], contexts: [0], millis: [[1]] },
    drafts: { little: { token: 1, catchUp: 1 } },
  };
  return { pipeline: { target, costs } as unknown as Pipeline, target, onPass, watched };
}

describe('passes that are measured again', () => {
  test('make a new table and leave the old pipeline, its drafts’ times and the watching as they were', async () => {
    const { pipeline, target, onPass, watched } = pipelineOf();
    const before = pipeline.costs;
    const after = await measuredAgain(pipeline, 1000, new AbortController().signal);
    assert.equal(new CostDrift(after.costs.target).partial, false);
    assert.deepEqual(after.costs.target.widths, [2, 4, 6, 8]);
    assert.equal(after.costs.drafts, before.drafts);
    assert.equal(pipeline.costs, before);
    assert.deepEqual([target.onPass, target.length, watched], [onPass, 0, []]);
    assert.equal(new CostDrift(before.target).partial, true);
  });

  test('that are called off or fail leave the watching too, and say why', async () => {
    const stop = new AbortController();
    const stopped = pipelineOf(() => stop.abort(new Error('somebody asks')));
    await assert.rejects(measuredAgain(stopped.pipeline, 1000, stop.signal), /somebody asks/);
    const failing = pipelineOf(() => {
      throw new Error('no memory');
    });
    await assert.rejects(measuredAgain(failing.pipeline, 1000, new AbortController().signal), /no memory/);
    for (const { target, onPass } of [stopped, failing]) assert.equal(target.onPass, onPass);
  });
});

test('each class of widths is watched for itself, and tells nothing before enough was seen', () => {
  const drift = new CostDrift({ widths: [2, 32], contexts: [0], millis: [[1, 1]] });
  for (let i = 0; i < 47; i++) drift.record(16, 0, 3);
  assert.deepEqual(drift.ratios, [undefined, undefined, undefined, undefined]);
  drift.record(16, 0, 3);
  assert.deepEqual(drift.ratios, [undefined, undefined, 3, undefined]);
  for (const width of [1, 2, 3, 8, 17, 500])
    for (let i = 0; i < 24; i++) drift.record(width, 0, width > 16 ? 2 : 1);
  assert.deepEqual(drift.ratios, [1, 1, 3, 2]);
});

describe('a policy of one draft', () => {
  const draftsOf = (...ids: string[]) => ids.map((id) => ({ id, languages: [], open: () => assert.fail() }));
  const pipeline = {
    drafts: draftsOf('suffix', 'edit'),
    draftsByName: draftsOf('ensemble:vote'),
    costs: toyCosts,
    selfTest: { widthInvariant: true },
  } as unknown as Pipeline;
  const choice = (name: string) =>
    policyOf(name, pipeline)
      .begin({ language: 'go', task: 'complete', prompt: [1] })
      .choose(new Map());

  test('asks it for five tokens, or as many as are named, and takes an ensemble by its name', () => {
    assert.deepEqual(choice('suffix'), { draft: 'suffix', length: 5 });
    assert.deepEqual(choice('fixed:edit'), { draft: 'edit', length: 5 });
    assert.deepEqual(choice('fixed:edit@64'), { draft: 'edit', length: 64 });
    assert.deepEqual(choice('suffix@2.9'), { draft: 'suffix', length: 2 });
    assert.deepEqual(choice('ensemble:vote@3'), { draft: 'ensemble:vote', length: 3 });
    assert.equal(policyOf('suffix', pipeline).uses?.('edit'), false);
  });

  test('is refused with what there is, where no draft has that name or no guess that length', () => {
    const names = [
      'nonsense',
      '',
      'fixed:',
      'fixed:none',
      'suffix@0',
      'suffix@65',
      'suffix@',
      'suffix@x',
      'suffix@-1',
    ];
    for (const name of names) {
      assert.throws(() => policyOf(name, pipeline), {
        name: 'UserError',
        reason: 'unknown-draft',
        message: `There is no draft «${name}». Choose among: policy, trained+online, trained, rule, rule-copying, rule-neural, none, suffix, edit, ensemble:vote.`,
      });
    }
  });
});
