import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DecodeRequest, decode } from '../../../src/engine/decoder.ts';
import { EditDraft } from '../../../src/engine/drafts/copying/edit.ts';
import { LookupDraft } from '../../../src/engine/drafts/copying/lookup.ts';
import { SuffixDraft } from '../../../src/engine/drafts/copying/suffix.ts';
import { SuffixIndex } from '../../../src/engine/drafts/copying/suffixIndex.ts';
import type { Draft } from '../../../src/engine/drafts/draft.ts';
import { passMillis } from '../../../src/engine/policy/costs.ts';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import { FEATURES } from '../../../src/engine/policy/layout.ts';
import { LONGEST } from '../../../src/engine/policy/listen.ts';
import { GUESS_PLACES } from '../../../src/engine/policy/planner.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import { copyingRule } from '../../../src/engine/policy/rule.ts';
import { trainedPolicy } from '../../../src/engine/policy/trained.ts';
import { greedy } from '../../../src/engine/sampling.ts';
import type { LogRecord } from '../../../src/learning/log.ts';
import { replay, roundMillis, standInKinds, timesOf } from '../../../src/learning/replay.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { Network } from '../../../src/selection/network.ts';
import { beside } from '../../toy/decisions.ts';
import { greedyTokens } from '../../toy/drafts.ts';
import { type Saying, toyHeader, toyRecord } from '../../toy/logs.ts';
import { markov } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

const MOST_TOKENS = 60;
/** Kinds of a toy vocabulary's tokens. */
const vocabulary = vocabularyOf(['', 'a', 'b', '\n', ' ', '(', ')', '1', '"', '+', '//', 'c']);
const kinds = Uint8Array.from({ length: vocabulary.size }, (_, token) => token % 11);
const arms = ['lookup', 'suffix', 'edit', 'guess'];
const times = timesOf(toyHeader(arms));

/** A toy request: a prompt that repeats itself, a model that does too, and drafts that copy. */
function world(seed: number) {
  const random = new Random(seed);
  const model = markov(seed, vocabulary.size, random.int(1, 2));
  const phrase = random.list(random.int(3, 9), () => random.int(1, vocabulary.size - 1));
  const prompt = [...phrase, random.int(1, 11), ...greedyTokens(model, phrase, random.int(0, 50))];
  const index = new SuffixIndex();
  index.put(
    'file',
    greedyTokens(
      model,
      random.list(2, () => random.int(1, 11)),
      40,
    ),
  );
  const original = greedyTokens(model, prompt, MOST_TOKENS).filter(() => random.chance(0.95));
  /** Guesses in every round, surely or not. */
  const guess: Draft = {
    id: 'guess',
    languages: [],
    open({ prompt }) {
      const text = [...prompt];
      return {
        instant: true,
        commit: (tokens: readonly number[]) => {
          text.push(...tokens);
        },
        matchLength: () => 0,
        behind: () => 0,
        propose: (limit: number) => {
          const tokens = greedyTokens(markov(seed + 1000, vocabulary.size, 1), text, Math.min(limit, 8));
          return { tokens, probabilities: tokens.map((token) => token / 20) };
        },
      };
    },
  };
  const drafts = [new LookupDraft(), new SuffixDraft(index), new EditDraft(), guess];
  return { model, prompt, original, drafts };
}
type World = ReturnType<typeof world>;

/** What decoding does round by round, on a clock that goes by the cost table. */
async function decoded({ model, prompt, original, drafts }: World, policy: Policy) {
  const rounds: object[] = [];
  let at = 0;
  const watched: Policy = {
    ...policy,
    begin(context) {
      const inner = policy.begin(context);
      return {
        choose: (sessions) => inner.choose(sessions),
        observe(outcome) {
          const { draft, drafted, accepted, committed } = outcome;
          rounds.push({ at, draft, drafted, accepted });
          inner.observe({
            ...outcome,
            millis: roundMillis(times, undefined, drafted, prompt.length + at, 0),
          });
          at += committed.length;
        },
      };
    },
  };
  const request: DecodeRequest = {
    prompt,
    language: 'toy',
    task: 'complete',
    original,
    skipBytes: 0,
    stop: { endTokens: new Set(), maxTokens: MOST_TOKENS, singleLine: false, stopStrings: [] },
  };
  const target = new ToyTarget(model, 1000);
  const never = new AbortController().signal;
  const { ids } = await decode(
    { target, vocabulary, drafts, policy: watched },
    request,
    greedy,
    never,
    () => {},
  );
  return { ids, rounds };
}

/** Walk every draft along the path and note what it says. */
async function recorded({ prompt, original, drafts }: World, path: readonly number[]): Promise<LogRecord> {
  const says: Record<string, (at: number) => Saying> = {};
  for (const draft of drafts) {
    const session = draft.open({ prompt, language: 'toy', original });
    const sayings: Saying[] = [];
    for (const token of path) {
      const said = await session.propose(LONGEST, new AbortController().signal);
      const support = session.support?.();
      sayings.push({
        match: session.matchLength(),
        tokens: said.tokens,
        ...pick(said.probabilities),
        ...(support ? { support: { ...support } } : {}),
      });
      session.commit([token]);
    }
    says[draft.id] = (at) => sayings[at]!;
  }
  return toyRecord({ prompt, path, says }, kinds);
}

const pick = (probabilities: readonly number[] | undefined) => (probabilities ? { probabilities } : {});

/** A trained policy whose training was chance. */
function untrained(seed: number, drafts: readonly Draft[], of: Uint8Array): Policy {
  const network = Network.random([FEATURES, 8, GUESS_PLACES.length], seededRandom(seed)).toWeights();
  return trainedPolicy({ arms, network, price: 1.4 }, { drafts, costs: times.costs, kinds: of });
}

describe('replaying a recorded request', () => {
  const policies: Readonly<
    Record<string, (drafts: readonly Draft[], of: Uint8Array, seed: number) => Policy>
  > = {
    none: () => noDraft,
    rule: (drafts) => copyingRule(drafts),
    'suffix@3': () => fixedDraft('suffix', 3),
    'guess@12': () => fixedDraft('guess', 12),
    'a copy beside': () => ({
      id: 'beside',
      begin: () => ({
        choose: () => beside('guess', 4, 'suffix', 6),
        observe: () => undefined,
      }),
    }),
    trained: (drafts, of, seed) => untrained(seed, drafts, of),
  };
  for (const [name, make] of Object.entries(policies)) {
    test(`goes through the rounds of decoding it: ${name}`, async () => {
      let accepted = 0;
      for (let seed = 0; seed < 12; seed++) {
        const some = world(seed);
        const real = await decoded(some, make(some.drafts, kinds, seed));
        const record = await recorded(some, real.ids);
        const rounds: { accepted: number }[] = [];
        replay(record, make(some.drafts, standInKinds, seed), times, ({ millis, ...round }) => {
          assert.ok(millis > 0);
          accepted += round.accepted;
          rounds.push(round);
        });
        assert.deepEqual(rounds, real.rounds, `seed ${seed}`);
      }
      assert.equal(accepted > 20, name !== 'none', `${accepted} accepted`);
    });
  }

  test('takes as long as the sum of its passes where nothing is drafted', async () => {
    const some = world(1);
    const { ids } = await decoded(some, noDraft);
    const record = await recorded(some, ids);
    let total = 0;
    for (let at = 0; at < ids.length; at++) {
      total += passMillis(times.costs.target, 2, some.prompt.length + at) + times.overhead;
    }
    assert.ok(Math.abs(replay(record, noDraft, times) - total) < 1e-9);
  });

  test('charges a neural draft for its guesses and for what it missed', () => {
    const path = [1, 2, 3, 4, 5, 6];
    const small = (at: number) => ({ tokens: path.slice(at, at + 2) });
    const record = toyRecord({ prompt: [1, 1, 1], path, says: { small } }, kinds);
    const neural = timesOf(toyHeader(['small']));
    const asked: number[] = [];
    const policy: Policy = {
      id: 'at times',
      begin: () => ({
        choose: (sessions) => {
          const place = asked.push(sessions.get('small')!.behind());
          return place === 2 ? undefined : { draft: 'small', length: 1 };
        },
        observe: () => undefined,
      }),
    };
    const pass = (at: number) => passMillis(neural.costs.target, 2, 3 + at) + neural.overhead;
    // Asked at 0, not at 2, asked at 3; the last token can only be decoded plainly.
    const guesses = 0.05 + (0.05 + 2 * 0.01);
    const total = replay(record, policy, neural);
    assert.deepEqual(asked, [0, 2, 3, 2]);
    assert.ok(Math.abs(total - (pass(0) + pass(2) + pass(3) + pass(5) + guesses)) < 1e-9, `${total}`);
  });

  test('opens no draft that the policy does not use', () => {
    const path = [1, 2, 3];
    const says = { suffix: () => ({ tokens: [1] }), guess: () => ({ tokens: [2] }) };
    const seen = new Set<string>();
    const policy: Policy = {
      id: 'choosy',
      uses: (id) => id === 'guess',
      begin: () => ({
        choose: (sessions) => {
          for (const id of sessions.keys()) seen.add(id);
          return undefined;
        },
        observe: () => undefined,
      }),
    };
    replay(toyRecord({ path, says }, kinds), policy, times);
    assert.deepEqual([...seen], ['guess']);
  });
});
