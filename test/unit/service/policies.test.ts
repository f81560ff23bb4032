import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PLACES } from '../../../src/engine/policy/planner.ts';
import { requestInputs } from '../../../src/engine/policy/requestFeatures.ts';
import { POLICY_INPUTS } from '../../../src/engine/policy/trained.ts';
import { Network } from '../../../src/selection/network.ts';
import type { Assistant } from '../../../src/service/assistant.ts';
import { policyOf } from '../../../src/service/policies.ts';
import { toyCosts } from '../../toy/logs.ts';

const network = Network.random([POLICY_INPUTS, PLACES.length], () => 0.5).toWeights();
const policy = { method: 'round', arms: ['edit', 'ensemble:stack'], price: 1, network };

/** As much of an assistant as naming a policy takes. */
function assistantWith(ids: readonly string[], more: Partial<Assistant> = {}): Assistant {
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
  } as unknown as Assistant;
}

describe('a policy by its name', () => {
  const all = ['suffix', 'edit', 'ngram', 'ensemble:stack'];

  test('is the trained one where all drafts it was trained on are there', () => {
    for (const name of ['policy', 'trained']) assert.equal(policyOf(name, assistantWith(all)).id, 'trained');
    assert.equal(policyOf('trained+online', assistantWith(all)).id, 'trained+online');
  });

  test('is the rule where one of them is missing, so that the others are still asked', () => {
    for (const pool of [['suffix', 'edit'], ['suffix', 'ensemble:stack'], ['suffix']]) {
      const chosen = policyOf('trained', assistantWith(pool));
      assert.notEqual(chosen.id, 'trained');
      assert.equal(chosen.uses?.('suffix'), true, pool.join());
    }
  });

  test('is the rule without a trained policy', () => {
    assert.equal(policyOf('trained', assistantWith(all, { policy: undefined })).uses?.('suffix'), true);
  });

  test('does without those drafts that cost time', () => {
    const timed = {
      ...policy,
      arms: [...policy.arms, 'draft-py'],
      timed: ['draft-py'],
    } as unknown as Assistant['policy'];
    assert.equal(policyOf('trained', assistantWith(all, { policy: timed })).id, 'trained');
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
    const chosen = policyOf(
      'trained',
      assistantWith(all, { policy: file as unknown as Assistant['policy'] }),
    );
    const choiceFor = (language: string) =>
      chosen.begin({ language, task: 'complete', prompt: [1] }).choose(new Map());
    assert.deepEqual([choiceFor('go'), choiceFor('python')], actions);
    assert.deepEqual(
      ['suffix', 'edit', 'ngram'].map((id) => chosen.uses!(id)),
      [true, true, false],
    );
    const smaller = policyOf(
      'trained',
      assistantWith(['suffix'], { policy: file as unknown as Assistant['policy'] }),
    );
    assert.notEqual(smaller.id, chosen.id);
  });

  test('is none where widths disagree, whatever was asked for', () => {
    const selfTest = { widthInvariant: false } as Assistant['selfTest'];
    assert.equal(policyOf('trained', assistantWith(all, { selfTest })).id, 'none');
    assert.equal(policyOf('suffix@7', assistantWith(all, { selfTest })).id, 'none');
  });
});
