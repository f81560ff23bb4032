import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decode } from '../../../../src/engine/decoder.ts';
import { EditDraft } from '../../../../src/engine/drafts/copying/edit.ts';
import { LookupDraft } from '../../../../src/engine/drafts/copying/lookup.ts';
import { SuffixDraft } from '../../../../src/engine/drafts/copying/suffix.ts';
import { SuffixIndex } from '../../../../src/engine/drafts/copying/suffixIndex.ts';
import type { Draft, DraftSession } from '../../../../src/engine/drafts/draft.ts';
import { StackDraft } from '../../../../src/engine/drafts/ensembles/stack.ts';
import { FEATURES } from '../../../../src/engine/policy/layout.ts';
import { LONGEST, LONGEST_NEURAL } from '../../../../src/engine/policy/listen.ts';
import { newOnlineState } from '../../../../src/engine/policy/online.ts';
import { GUESS_PLACES, OUTPUTS, placeGroup } from '../../../../src/engine/policy/planner.ts';
import { type Decision, isQuestion, type Policy } from '../../../../src/engine/policy/policy.ts';
import { type PolicyWeights, trainedPolicy } from '../../../../src/engine/policy/trained.ts';
import { greedy } from '../../../../src/engine/sampling.ts';
import { seededRandom } from '../../../../src/measure/statistics.ts';
import { Network } from '../../../../src/selection/network.ts';
import { checkTrial, expected, randomRequest, randomWorld, runTrial } from '../../../toy/cases.ts';
import { settled } from '../../../toy/decisions.ts';
import { draftOf } from '../../../toy/drafts.ts';
import { toyCosts } from '../../../toy/logs.ts';
import { markov } from '../../../toy/markov.ts';
import { ToyTarget } from '../../../toy/target.ts';
import { cases } from '../../../toy/thorough.ts';
import { vocabularyOf } from '../../../toy/vocabulary.ts';

const costs = { ...toyCosts, drafts: { neural: { token: 0.05, catchUp: 0.001 } } };
const kinds = Uint8Array.from({ length: 100 }, (_, token) => token % 11);

/** Weights from chance, of any size: some networks believe everything, some nothing. */
function weightsOf(seed: number, drafts: readonly Draft[]): PolicyWeights {
  const random = seededRandom(seed);
  const network = Network.random([FEATURES, 6, OUTPUTS], random);
  const size = 10 ** (4 * random() - 1);
  for (const layer of network.layers)
    for (let i = 0; i < layer.length; i++) layer[i]! += size * (random() - 0.5);
  return { arms: drafts.map(({ id }) => id), price: 0.1 + 3 * random(), network: network.toWeights() };
}

/** A network that gives every guess the same chance, and hears no draft that costs time. */
function sure(logit: number, arms: readonly string[]) {
  const layer = [...new Array<number>(FEATURES * OUTPUTS).fill(0), ...GUESS_PLACES.map(() => logit), 0];
  return { arms, price: 1, network: { sizes: [FEATURES, OUTPUTS], layers: [layer] } } satisfies PolicyWeights;
}

/** Looks at every choice before it is followed. */
function watched(
  policy: Policy,
  check: (draft: string, length: number, tokens: number | undefined) => void,
): Policy {
  return {
    ...policy,
    begin(context) {
      const inner = policy.begin(context);
      return {
        choose(sessions) {
          const follow = (decision: Decision): Decision => {
            if (!decision) return undefined;
            if (isQuestion(decision)) {
              const { ask, length } = decision;
              assert.ok(sessions.has(ask) && length >= 1 && length <= LONGEST_NEURAL);
              return { ask, length, decide: (said) => follow(decision.decide(said)) };
            }
            assert.ok(sessions.has(decision.draft));
            check(decision.draft, decision.length, decision.tokens?.length);
            return decision;
          };
          return follow(inner.choose(sessions));
        },
        observe: (outcome) => inner.observe(outcome),
      };
    },
  };
}

describe('the trained policy', () => {
  for (const online of [false, true]) {
    test(`never changes the output, whatever its weights are${online ? ', and learning on top' : ''}`, async () => {
      let chosen = 0;
      for (let seed = 0; seed < cases(150); seed++) {
        const world = randomWorld(seed);
        const drafts = [...world.drafts, new EditDraft()];
        const around = { drafts, costs, kinds };
        const trained = trainedPolicy(weightsOf(seed, drafts), around, online ? newOnlineState() : undefined);
        const policy = watched(trained, (draft, length, tokens) => {
          chosen++;
          assert.ok(Number.isInteger(length) && length >= 1 && length <= (tokens ?? LONGEST_NEURAL), draft);
          assert.ok(length <= LONGEST);
        });
        const request = randomRequest(world);
        const target = new ToyTarget(world.model, world.contextLength);
        const trial = await runTrial({ ...world, drafts, policy }, request, target);
        checkTrial(trial, expected(world, request), request);
      }
      assert.ok(chosen > cases(100), `${chosen} drafts were chosen`);
    });
  }

  test('does not draft where it believes nothing, and drafts far where it believes all', () => {
    const original = Array.from({ length: 60 }, (_, i) => 1 + (i % 6));
    const edit = new EditDraft();
    const prompt = [7];
    const choiceOf = (logit: number) => {
      const policy = trainedPolicy(sure(logit, ['edit']), { drafts: [edit], costs, kinds });
      const sessions = new Map([['edit', edit.open({ prompt, language: 'toy', original })]]);
      return settled(policy.begin({ language: 'toy', task: 'complete', prompt }).choose(sessions), sessions);
    };
    // One guess is free in a pass that has two rows in any case.
    assert.equal(choiceOf(-9)?.length ?? 1, 1);
    assert.ok(choiceOf(9)!.length > 20);
    assert.deepEqual(choiceOf(9)!.tokens!.slice(0, 6), [1, 2, 3, 4, 5, 6]);
  });

  describe('beside a draft that costs time', () => {
    const copied = Array.from({ length: 60 }, (_, i) => 1 + (i % 6));
    const edit = new EditDraft();
    /** What it comes to, and what was asked on the way: `hearing` is what the network thinks that the question is worth. */
    function deciding(hearing: number, logit: number, says: readonly number[], original = copied) {
      const weights = sure(logit, ['edit', 'neural']);
      weights.network.layers[0]!.splice(-1, 1, hearing);
      const neural: DraftSession = {
        commit: () => undefined,
        matchLength: () => 0,
        behind: () => 0,
        propose: (limit) => ({
          tokens: says.slice(0, limit),
          probabilities: says.map(() => 0.9).slice(0, limit),
        }),
      };
      const drafts = [edit, draftOf('neural', () => [])];
      const selector = trainedPolicy(weights, { drafts, costs, kinds }).begin({
        ...{ language: 'toy', task: 'complete', prompt: [7] },
      });
      const sessions = new Map([
        ['edit', edit.open({ prompt: [7], language: 'toy', original })],
        ['neural', neural],
      ]);
      const asked: string[] = [];
      const choice = settled(selector.choose(sessions), sessions, (id, length) =>
        asked.push(`${id} ${length}`),
      );
      return { choice, asked };
    }

    test('asks it for one token where hearing it is worth the time, else not at all', () => {
      assert.deepEqual(deciding(-1, 0.5, [9, 9]).asked, []);
      assert.deepEqual(deciding(0, 0.5, [9, 9]).asked, []);
      assert.equal(deciding(3, 0.5, [9, 9]).asked[0], 'neural 1');
    });

    test('asks it for more where that is worth the time, and drafts what it said', () => {
      const far = [9, 8, 7, 9, 8, 7, 9, 8];
      const { choice, asked } = deciding(3, 3, far, []);
      assert.equal(asked[0], 'neural 1');
      assert.match(asked[1]!, /^neural [2-8]$/);
      assert.equal(choice?.draft, 'neural');
      assert.deepEqual(choice.tokens?.slice(0, choice.length), far.slice(0, choice.length));
      assert.ok(choice.length > 1);
    });

    test('takes a copy that goes further in the same time', () => {
      const { choice, asked } = deciding(3, 3, [9, 8]);
      assert.deepEqual(asked, ['neural 1']);
      assert.equal(choice?.draft, 'edit');
    });

    test('goes on without it where it has nothing to say', () => {
      const { choice, asked } = deciding(3, 3, []);
      assert.deepEqual(asked, ['neural 1']);
      assert.equal(choice?.draft, 'edit');
    });
  });

  test('uses what it was trained on and what is there, nothing else', () => {
    const drafts = [new LookupDraft(), new EditDraft()];
    const policy = trainedPolicy(sure(0, ['edit', 'suffix']), { drafts, costs, kinds });
    const used = ['lookup', 'edit', 'suffix', 'ensemble:vote'].filter((id) => policy.uses!(id));
    assert.deepEqual(used, ['edit']);
  });

  test('opens no draft that it does not use', async () => {
    const opened: string[] = [];
    const noting = (draft: Draft): Draft => ({
      id: draft.id,
      languages: [],
      open(context) {
        opened.push(draft.id);
        return draft.open(context);
      },
    });
    const drafts = [new LookupDraft(), new EditDraft()].map(noting);
    const policy = trainedPolicy(sure(2, ['edit']), { drafts, costs, kinds });
    const world = randomWorld(3);
    const target = new ToyTarget(world.model, world.contextLength);
    await runTrial({ ...world, drafts, policy }, randomRequest(world), target);
    assert.deepEqual(opened, ['edit']);
  });

  test('draws back from long drafts where passes turn out to take long', () => {
    const original = Array.from({ length: 60 }, (_, i) => 1 + (i % 6));
    const edit = new EditDraft();
    const policy = trainedPolicy(sure(1.5, ['edit']), { drafts: [edit], costs, kinds });
    const session = edit.open({ prompt: [7], language: 'toy', original });
    const selector = policy.begin({ language: 'toy', task: 'complete', prompt: [7] });
    const sessions = new Map([['edit', session]]);
    const choose = () => settled(selector.choose(sessions), sessions)?.length ?? 0;
    const before = choose();
    for (let round = 0; round < 3000; round++) {
      const drafted = choose();
      const rows = drafted + 1;
      // A machine on which every row costs as much as the first: nothing is gained by guessing what may be wrong.
      const committed = new Array<number>(rows).fill(7);
      selector.observe({ draft: 'edit', drafted, accepted: drafted, committed, millis: rows });
    }
    assert.ok(before >= 5 && choose() < before, `${before}, then ${choose()}`);
  });
});

test('an ensemble that is opened after its members tells none of them anything twice', async () => {
  const vocabulary = vocabularyOf(['', 'a', 'b', 'c', 'd', 'e', 'f', 'g']);
  const model = markov(5, vocabulary.size, 1);
  const told = new Map<string, number[]>();
  const opens: string[] = [];
  const index = new SuffixIndex();
  const members = [new SuffixDraft(index), new EditDraft()].map((draft) => ({
    id: draft.id,
    languages: [],
    open(context: Parameters<typeof draft.open>[0]) {
      opens.push(draft.id);
      const session = draft.open(context);
      const heard: number[] = [];
      told.set(draft.id, heard);
      return {
        instant: true as const,
        matchLength: () => session.matchLength(),
        behind: () => 0,
        propose: (limit: number) => session.propose(limit),
        commit: (tokens: readonly number[]) => {
          heard.push(...tokens);
          session.commit(tokens);
        },
      };
    },
  }));
  const stack = new StackDraft(members, { orders: 2, next: () => undefined });
  const drafts = [...members, stack];
  const policy = trainedPolicy(
    sure(
      2,
      drafts.map(({ id }) => id),
    ),
    { drafts, costs, kinds },
  );
  const stop = { endTokens: new Set<number>(), maxTokens: 30, singleLine: false, stopStrings: [] };
  const request = { prompt: [1, 2, 3, 1, 2], language: 'toy', task: 'complete', stop, skipBytes: 0 };
  const ensemble = { target: new ToyTarget(model, 200), vocabulary, drafts, policy };
  const { ids } = await decode(ensemble, request, greedy, new AbortController().signal, () => undefined);
  assert.deepEqual(opens, ['suffix', 'edit']);
  assert.deepEqual([told.get('suffix'), told.get('edit')], [ids, ids]);
});

test('places share the network’s outputs in groups that follow each other', () => {
  for (let place = 0; place < LONGEST; place++) {
    const group = placeGroup(place);
    assert.ok(GUESS_PLACES[group]! <= place && (GUESS_PLACES[group + 1] ?? LONGEST) > place);
  }
});
