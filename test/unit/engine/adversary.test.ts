import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EditDraft } from '../../../src/engine/drafts/copying/edit.ts';
import { LookupDraft } from '../../../src/engine/drafts/copying/lookup.ts';
import { SuffixDraft } from '../../../src/engine/drafts/copying/suffix.ts';
import { SuffixIndex } from '../../../src/engine/drafts/copying/suffixIndex.ts';
import type { Draft, DraftSession } from '../../../src/engine/drafts/draft.ts';
import { AverageDraft } from '../../../src/engine/drafts/ensembles/average.ts';
import { StackDraft } from '../../../src/engine/drafts/ensembles/stack.ts';
import { VoteDraft } from '../../../src/engine/drafts/ensembles/vote.ts';
import { NeuralDraft } from '../../../src/engine/drafts/neural/neural.ts';
import { PassGuesser } from '../../../src/engine/drafts/neural/passGuesser.ts';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import { newOnlineState } from '../../../src/engine/policy/online.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import { copyingRule, rule } from '../../../src/engine/policy/rule.ts';
import { POLICY_INPUTS, POLICY_OUTPUTS, trainedPolicy } from '../../../src/engine/policy/trained.ts';
import type { Sampler } from '../../../src/engine/sampling.ts';
import { Network } from '../../../src/selection/network.ts';
import { runTrial, type World } from '../../toy/cases.ts';
import { temperedDrafts } from '../../toy/drafts.ts';
import { biased, type Choose, explore, type Fate, type Law, lawOf } from '../../toy/law.ts';
import { markov, type ToyModel } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { plainDecode } from '../../toy/reference.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

/**
 * Every draft and policy of the product, and an adversary in the place of the policy: the law of the output must be that of
 * the target to the last fraction. The adversary is not one bad policy but all of them: at every round he decides with
 * full knowledge of what has happened and of what every draft says now, and for each text the worst of all his ways to
 * decide is found.
 */

const SIZE = 3;
const END = 0;
const PROMPT = [1, 2, 1, 1, 2, 1];
const CONTEXT = 64;
const vocabulary = vocabularyOf(['', 'a', 'b']);
const models = [7, 8].map((seed) => markov(seed, SIZE, 2, 4));
const request = (maxTokens: number) => ({
  prompt: PROMPT,
  language: 'toy',
  task: 'complete',
  original: [2, 1, 1, 2],
  stop: { endTokens: new Set([END]), maxTokens, singleLine: false, stopStrings: [] },
  skipBytes: 0,
});

/** All drafts of the product, over toy models, none of which has seen anything yet. */
function allDrafts(model: ToyModel): Draft[] {
  const index = new SuffixIndex(20_000);
  index.put('file', [1, 1, 2, 2, 1, 0, 2, 1]);
  const copying = [new EditDraft(), new SuffixDraft(index), new LookupDraft()];
  const table = {
    orders: 2,
    next: (context: readonly number[]) => ({ token: (context.at(-1)! + 1) % SIZE, probability: 0.6 }),
  };
  const small = () => new PassGuesser(new ToyTarget(markov(3, SIZE, 1), 40));
  const neural = { id: 'member', languages: ['toy'], model: small() };
  return [
    ...copying,
    new NeuralDraft('neural', ['toy'], small()),
    new StackDraft(copying, table),
    new VoteDraft(copying, table),
    new AverageDraft({ neural: [neural], copying, table }, SIZE, 0.1),
    ...temperedDrafts(model, END, new Random(1)).filter(
      ({ id }) => id === 'perfect' || id === 'always-wrong',
    ),
  ];
}

const chanceSampler = (choose: Choose): Sampler => ({
  need: () => 'logits',
  choose: (scores, row) => choose(Array.from(scores.logits(row), (x) => Math.round(Math.exp(x)))),
  commit: () => undefined,
});

async function decodeWith(
  model: ToyModel,
  drafts: readonly Draft[],
  policy: Policy,
  choose: Choose,
  maxTokens: number,
): Promise<readonly number[]> {
  const world: World = { random: new Random(0), vocabulary, model, contextLength: CONTEXT, drafts, policy };
  const target = new ToyTarget(model, CONTEXT);
  return (await runTrial(world, request(maxTokens), target, chanceSampler(choose))).result.ids;
}

function plainLaw(model: ToyModel, maxTokens: number): Promise<Law> {
  return lawOf(async (choose) => {
    const next = (text: readonly number[]) => choose(model.weights(text));
    return plainDecode(next, PROMPT, request(maxTokens).stop, vocabulary, CONTEXT).ids;
  });
}

/** Hears all drafts and lets the adversary pick one, a length, and now and then none. */
function adversary({ pick }: Fate, lengths: readonly number[]): Policy {
  return {
    id: 'adversary',
    begin: () => ({
      choose(sessions) {
        const ids = [...sessions.keys()];
        const choice = pick(ids.length * lengths.length + 1);
        if (choice === 0) return undefined;
        const draft = ids[(choice - 1) % ids.length]!;
        return { draft, length: lengths[Math.floor((choice - 1) / ids.length)]! };
      },
      observe: () => undefined,
    }),
  };
}

describe('whoever chooses the draft', () => {
  test('has no influence on the law, were he to do his worst with all he knows', async () => {
    for (const model of models) {
      const law = await plainLaw(model, 3);
      for (const pair of [
        ['edit', 'ensemble:vote'],
        ['neural', 'perfect'],
        ['suffix', 'ensemble:average'],
        ['ensemble:stack', 'always-wrong'],
        ['lookup', 'perfect'],
      ]) {
        const tree = await explore((fate) => {
          const drafts = allDrafts(model).filter(({ id }) => pair.includes(id));
          return decodeWith(model, drafts, adversary(fate, [1, 3]), fate.choose, 3);
        });
        assert.ok(tree.courses > 300, `${tree.courses} courses`);
        assert.deepEqual(biased(tree, law), [], `${pair}`);
      }
    }
  });

  test('would have influence if he saw what was sampled', async () => {
    // A policy may drop what the target has chosen and have it choose anew: the checker must find that out.
    const model = models[0]!;
    const tree = await explore((fate) => {
      const twice: Choose = (weights) => {
        const first = fate.choose(weights);
        return fate.pick(2) === 0 ? first : fate.choose(weights);
      };
      return decodeWith(model, [], noDraft, twice, 2);
    });
    assert.notDeepEqual(biased(tree, await plainLaw(model, 2)), []);
  });
});

describe('the law of the output is that of the target', () => {
  const model = models[0]!;

  test('with every draft and ensemble, at every length', async () => {
    const law = await plainLaw(model, 4);
    assert.ok(law.size > 25, `${law.size} texts`);
    for (const { id } of allDrafts(model)) {
      for (const length of [1, 2, 3, 8]) {
        const policy = fixedDraft(id, length);
        const drafts = allDrafts(model);
        const got = await lawOf((choose) => decodeWith(model, drafts, policy, choose, 4));
        assert.deepEqual(got, law, `${id} ${length}`);
      }
    }
  });

  test('with every policy, also where it learns on from text to text', async () => {
    const law = await plainLaw(model, 4);
    const drafts = allDrafts(model);
    const random = new Random(2);
    const target = { widths: [2, 4, 8], contexts: [1, 50], millis: [0, 1].map(() => [1, 1.2, 1.8]) };
    const costs = { target, drafts: { neural: { token: 0.1, catchUp: 0.02 } } };
    const weights = () => {
      const network = Network.random([POLICY_INPUTS, 8, POLICY_OUTPUTS], () => random.next()).toWeights();
      return { price: 1, network, arms: drafts.map(({ id }) => id) };
    };
    const kinds = new Uint8Array(SIZE);
    const policies: [string, Policy][] = [
      ['rule', copyingRule(drafts)],
      ['rule with a model', rule(drafts, costs)],
      ['trained 1', trainedPolicy(weights(), { drafts, costs, kinds })],
      ['trained 2', trainedPolicy(weights(), { drafts, costs, kinds })],
      ['online', trainedPolicy(weights(), { drafts, costs, kinds }, newOnlineState())],
    ];
    for (const [name, policy] of policies) {
      let asked = 0;
      const counted: Policy = {
        ...policy,
        begin: (context) => {
          const selector = policy.begin(context);
          const choose = (sessions: ReadonlyMap<string, DraftSession>) => {
            const choice = selector.choose(sessions);
            if (choice) asked++;
            return choice;
          };
          return { choose, observe: (outcome) => selector.observe(outcome) };
        },
      };
      assert.deepEqual(await lawOf((choose) => decodeWith(model, drafts, counted, choose, 4)), law, name);
      assert.ok(asked > 50, `${name} asked drafts ${asked} times`);
    }
  });
});
