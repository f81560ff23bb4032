import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GUESS_PLACES } from '../../../src/engine/policy/planner.ts';
import { requestInputs } from '../../../src/engine/policy/requestFeatures.ts';
import { POLICY_INPUTS } from '../../../src/engine/policy/trained.ts';
import type { Pipeline } from '../../../src/inference/pipeline.ts';
import { policyOf } from '../../../src/inference/policies.ts';
import { Network } from '../../../src/selection/network.ts';
import { toyCosts } from '../../toy/logs.ts';

const network = Network.random([POLICY_INPUTS, GUESS_PLACES.length], () => 0.5).toWeights();
const policy = { method: 'round', arms: ['edit', 'ensemble:stack'], price: 1, network };

/** As much of a pipeline as naming a policy takes. */
function pipelineWith(ids: readonly string[], more: Partial<Pipeline> = {}): Pipeline {
  const drafts = ids.map((id) => ({ id, languages: [], open: () => assert.fail('nothing is opened here') }));
  const tokenizer = { vocabulary: { size: 3, bytes: () => new Uint8Array() } };
  const selfTest = { widthInvariant: true };
  return {
    drafts,
    draftsByName: [],
    costs: toyCosts,
    tokenizer,
    selfTest,
    policy,
    ...more,
  } as unknown as Pipeline;
}

describe('a policy by its name', () => {
  const all = ['suffix', 'edit', 'ngram', 'ensemble:stack'];

  test('is the trained one where all drafts it was trained on are there', () => {
    for (const name of ['policy', 'trained']) assert.equal(policyOf(name, pipelineWith(all)).id, 'trained');
    assert.equal(policyOf('trained+online', pipelineWith(all)).id, 'trained+online');
  });

  test('is the rule where one of them is missing, so that the others are still asked', () => {
    for (const pool of [['suffix', 'edit'], ['suffix', 'ensemble:stack'], ['suffix']]) {
      const chosen = policyOf('trained', pipelineWith(pool));
      assert.notEqual(chosen.id, 'trained');
      assert.equal(chosen.uses?.('suffix'), true, pool.join());
    }
  });

  test('is the rule without a trained policy', () => {
    assert.equal(policyOf('trained', pipelineWith(all, { policy: undefined })).uses?.('suffix'), true);
  });

  test('does without those drafts that cost time', () => {
    const timed = {
      ...policy,
      arms: [...policy.arms, 'draft-py'],
      timed: ['draft-py'],
    } as unknown as Pipeline['policy'];
    assert.equal(policyOf('trained', pipelineWith(all, { policy: timed })).id, 'trained');
  });

  test('chooses once a request where its file says so', () => {
    const languages = ['go', 'python'];
    const inputs = requestInputs(languages.length);
    // The logit of the second action is the input that says Python.
    const layer = [
      ...new Array<number>(inputs).fill(0),
      0,
      1,
      ...new Array<number>(inputs - 2).fill(0),
      0.5,
      0,
    ];
    const actions = [
      { draft: 'suffix', length: 7 },
      { draft: 'edit', length: 3 },
    ];
    const file = { method: 'request', actions, languages, network: { sizes: [inputs, 2], layers: [layer] } };
    const chosen = policyOf('trained', pipelineWith(all, { policy: file as unknown as Pipeline['policy'] }));
    const choiceFor = (language: string) =>
      chosen.begin({ language, task: 'complete', prompt: [1] }).choose(new Map());
    assert.deepEqual([choiceFor('go'), choiceFor('python')], actions);
    assert.deepEqual(
      ['suffix', 'edit', 'ngram'].map((id) => chosen.uses!(id)),
      [true, true, false],
    );
    const smaller = policyOf(
      'trained',
      pipelineWith(['suffix'], { policy: file as unknown as Pipeline['policy'] }),
    );
    assert.notEqual(smaller.id, chosen.id);
  });

  test('is none where widths disagree, whatever was asked for', () => {
    const selfTest = { widthInvariant: false } as Pipeline['selfTest'];
    assert.equal(policyOf('trained', pipelineWith(all, { selfTest })).id, 'none');
    assert.equal(policyOf('suffix@7', pipelineWith(all, { selfTest })).id, 'none');
  });
});
