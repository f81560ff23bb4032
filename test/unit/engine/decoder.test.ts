import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draft } from '../../../src/engine/drafts/draft.ts';
import { fixedDraft, noDraft } from '../../../src/engine/policy/fixed.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import { greedy, type Sampler, seededSampler } from '../../../src/engine/sampling.ts';
import {
  checkBooks,
  checkHeld,
  checkTrial,
  expected,
  randomRequest,
  randomWorld,
  runTrial,
  type World,
} from '../../toy/cases.ts';
import { beside } from '../../toy/decisions.ts';
import { draftOf, greedyTokens } from '../../toy/drafts.ts';
import { largest, markov, unlikely } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { ToyTarget } from '../../toy/target.ts';
import { cases } from '../../toy/thorough.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

/** One random case: a few requests in a row on one target, each compared with plain decoding. */
async function fuzz(
  seed: number,
  makeTarget = (world: World) => new ToyTarget(world.model, world.contextLength),
  makeSampler = (_: World): Sampler => greedy,
): Promise<void> {
  const world = randomWorld(seed);
  const target = makeTarget(world);
  let request = randomRequest(world);
  for (let turn = world.random.int(1, 3); turn > 0; turn--) {
    const trial = await runTrial(world, request, target, makeSampler(world));
    checkTrial(trial, expected(world, request), request);
    checkHeld(target, request, trial.result);
    const typed = [...request.prompt, ...trial.result.ids.filter((token) => token !== 0)];
    request = randomRequest(world);
    // Often the next request goes on from the last, as typing does.
    if (world.random.chance(0.6)) {
      const kept = typed.slice(0, world.random.int(1, world.contextLength - 1));
      request = { ...request, prompt: [...kept, ...request.prompt].slice(0, world.contextLength) };
    }
  }
}

/** Whether any of many random cases fails. */
async function someFail(run: (seed: number) => Promise<void>): Promise<boolean> {
  for (let seed = 0; seed < cases(150); seed++) {
    const passed = await run(seed).then(
      () => true,
      () => false,
    );
    if (!passed) return true;
  }
  return false;
}

describe('the decoder', () => {
  test('gives what plain decoding gives, for every draft and policy', async () => {
    for (let seed = 0; seed < cases(1500); seed++) {
      await fuzz(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      });
    }
  });

  test('gives what plain decoding gives at every limit, for every fixed draft and length', async () => {
    for (let seed = 0; seed < 3; seed++) {
      const world = { ...randomWorld(seed), contextLength: 64 };
      const random = world.random;
      const base = {
        ...randomRequest(world),
        prompt: random.list(12, () => random.int(1, world.vocabulary.size - 1)),
      };
      for (const draft of world.drafts) {
        for (let maxTokens = 1; maxTokens <= 12; maxTokens++) {
          const request = { ...base, stop: { ...base.stop, maxTokens } };
          const plain = expected(world, request);
          for (const length of [1, 2, 5, 16]) {
            const trial = await runTrial(
              { ...world, policy: fixedDraft(draft.id, length) },
              request,
              new ToyTarget(world.model, world.contextLength),
            );
            checkTrial(trial, plain, request);
          }
        }
      }
    }
  });

  test('gives with a seed what plain decoding gives with that seed', async () => {
    const texts = new Set<string>();
    for (let seed = 0; seed < cases(400); seed++) {
      const world = randomWorld(seed);
      const request = randomRequest(world);
      const temperature = world.random.pick([0.2, 0.7, 1, 3]);
      const options = { temperature, topP: world.random.pick([1, 0.9, 0.3]), seed };
      const run = (policy: Policy) =>
        runTrial(
          { ...world, policy },
          request,
          new ToyTarget(world.model, world.contextLength),
          seededSampler(options),
        );
      const plain = await run(noDraft);
      const drafted = await run(world.policy);
      assert.deepEqual(drafted.result.ids, plain.result.ids, `seed ${seed}`);
      assert.equal(drafted.result.text, plain.result.text, `seed ${seed}`);
      assert.equal(drafted.result.finish, plain.result.finish, `seed ${seed}`);
      checkBooks(drafted, request);
      texts.add(plain.result.text);
    }
    assert.ok(texts.size > cases(100), 'the texts are many');
  });

  test('stops in any round when it is cancelled, with a beginning of the whole text', async () => {
    for (let seed = 0; seed < cases(150); seed++) {
      const world = randomWorld(seed);
      const request = randomRequest(world);
      const whole = expected(world, request);
      for (let pass = 0; ; pass++) {
        const target = new ToyTarget(world.model, world.contextLength);
        const controller = new AbortController();
        target.afterPass = () => {
          if (target.passes.length === pass) controller.abort();
        };
        if (pass === 0) controller.abort();
        const trial = await runTrial(world, request, target, greedy, controller.signal);
        if (trial.result.finish !== 'cancelled') {
          checkTrial(trial, whole, request);
          break;
        }
        assert.equal(target.passes.length, pass, 'a pass was made after the cancellation');
        assert.ok(whole.text.startsWith(trial.result.text), `seed ${seed}, pass ${pass}`);
        checkBooks(trial, request);

        // What is held afterwards must serve the next request.
        target.afterPass = () => undefined;
        checkTrial(await runTrial(world, request, target), whole, request);
      }
    }
  });

  test('prefills nothing again when a prompt goes on from the one before', async () => {
    const world = plainWorld(markov(5, 9, 2));
    const target = new ToyTarget(world.model, 200);
    const random = new Random(1);
    const prompt = random.list(100, () => random.int(1, 8));
    const request = requestOf(prompt, 4);
    await runTrial(world, request, target);
    target.passes.length = 0;
    await runTrial(world, { ...request, prompt: [...prompt, 3] }, target);
    // The last token of the first prompt was scored in its first round already.
    assert.deepEqual(target.passes, [1, 1, 1, 1]);
  });

  test('keeps prefill passes short, so that a cancellation is seen', async () => {
    const world = plainWorld(markov(5, 9, 2));
    const target = new ToyTarget(world.model, 2000);
    await runTrial(world, requestOf(new Array<number>(1500).fill(3), 1), target);
    assert.ok(Math.max(...target.passes) <= 128);
    assert.equal(
      target.passes.reduce((a, b) => a + b),
      1500,
    );
  });

  test('asks a draft for no more than can be used', async () => {
    const asked: number[] = [];
    const model = unlikely(markov(8, 9, 2, 5), 0);
    const draft = draftOf('perfect', (text, limit) => {
      asked.push(limit);
      return greedyTokens(model, text, limit);
    });
    const world = { ...plainWorld(model), drafts: [draft], policy: fixedDraft('perfect', 4) };
    const { result } = await runTrial(world, requestOf([1, 2, 3], 9), new ToyTarget(model, 200));
    assert.equal(result.ids.length, 9);
    assert.deepEqual(asked, [4, 3]);
    assert.deepEqual(result.drafts, { perfect: { rounds: 2, drafted: 7, accepted: 7 } });
    assert.equal(result.rounds, 2);
  });

  test('says which draft a piece of text came from', async () => {
    const model = unlikely(markov(8, 4, 2, 5), 0);
    const vocabulary = vocabularyOf(['', 'a', 'b', 'c']);
    const draft = draftOf('half', (text, limit) =>
      greedyTokens(model, text, limit).map((token, i) => (i === 1 ? (token + 1) % 4 : token)),
    );
    const world = { ...plainWorld(model), vocabulary, drafts: [draft], policy: fixedDraft('half', 2) };
    const { pieces, result } = await runTrial(world, requestOf([1, 2], 8), new ToyTarget(model, 100));
    assert.equal(result.ids.length, 8);
    const origin = ['half', undefined];
    assert.deepEqual(
      pieces.map((piece) => piece.draft),
      [...origin, ...origin, ...origin, ...origin],
    );
  });

  test('asks nothing of the drafts when the prompt fills the context', async () => {
    const world = plainWorld(markov(3, 9, 1));
    const nobody = draftOf('nobody', () => assert.fail('the draft was asked'));
    const full = { ...world, contextLength: 10, drafts: [nobody], policy: fixedDraft('nobody', 3) };
    for (const length of [9, 10]) {
      const request = requestOf(new Array<number>(length).fill(1), 5);
      const trial = await runTrial(full, request, new ToyTarget(world.model, 10));
      checkTrial(trial, expected(full, request), request);
      assert.equal(trial.result.ids.length, 10 - length);
    }
  });

  test('tells the policy of every round', async () => {
    const told: (string | undefined)[] = [];
    let turn = 0;
    const draft = draftOf('perfect', (text, limit) => greedyTokens(model, text, limit));
    const policy: Policy = {
      id: 'turns',
      begin: (context) => {
        assert.deepEqual(context, { language: 'toy', task: 'complete', prompt: [1, 2], text: undefined });
        return {
          choose: () => (turn++ % 2 === 0 ? { draft: 'perfect', length: 2 } : undefined),
          observe: ({ draft: id, drafted, accepted }) => told.push(`${id} ${drafted} ${accepted}`),
        };
      },
    };
    const model = unlikely(markov(8, 9, 2, 5), 0);
    const world = { ...plainWorld(model), drafts: [draft], policy };
    await runTrial(world, requestOf([1, 2], 7), new ToyTarget(model, 100));
    assert.deepEqual(told, ['perfect 2 2', 'undefined 0 0', 'perfect 2 2']);
  });

  test('takes a copy where a draft says the same first, and the draft’s own guess where it does not', async () => {
    const model = unlikely(markov(8, 9, 2, 5), 0);
    const right = draftOf('right', (text, limit) => greedyTokens(model, text, limit));
    const wrong = draftOf('wrong', (text, limit) =>
      greedyTokens(model, text, limit).map((token) => (token === 1 ? 2 : 1)),
    );
    const half = draftOf('half', (text, limit) =>
      greedyTokens(model, text, limit).map((token, i) => (i > 0 ? (token === 1 ? 2 : 1) : token)),
    );
    const silent = draftOf('silent', () => []);
    const drafts = [right, wrong, half, silent];
    const told = async (draft: string, copy: string) => {
      const outcomes: string[] = [];
      const policy: Policy = {
        id: 'beside',
        begin: () => ({
          choose: () => beside(draft, 2, copy, 4),
          observe: ({ draft: id, drafted, accepted }) => outcomes.push(`${id} ${drafted} ${accepted}`),
        }),
      };
      const world = { ...plainWorld(model), drafts, policy };
      const trial = await runTrial(world, requestOf([1, 2], 20), new ToyTarget(model, 100));
      checkTrial(trial, expected(world, requestOf([1, 2], 20)), requestOf([1, 2], 20));
      return outcomes[0];
    };
    assert.equal(await told('half', 'right'), 'right 4 4');
    assert.equal(await told('right', 'half'), 'half 4 1');
    assert.equal(await told('right', 'wrong'), 'right 2 2');
    assert.equal(await told('wrong', 'right'), 'wrong 2 0');
    assert.equal(await told('right', 'silent'), 'right 2 2');
    assert.equal(await told('silent', 'right'), 'undefined 0 0');
  });

  test('rejects a policy that chooses a draft which is not there', async () => {
    const world = { ...plainWorld(markov(3, 9, 1)), policy: fixedDraft('stranger', 3) };
    await assert.rejects(runTrial(world, requestOf([1], 5), new ToyTarget(world.model, 50)), /stranger/);
  });
});

describe('the tests of the decoder notice', () => {
  test('a decoder that accepts one token too many', async () => {
    // The sampler is told of each proposal behind the decoder's back and lets one wrong token through.
    const caught = await someFail(async (seed) => {
      const world = randomWorld(seed);
      const shown: { tokens: readonly number[] } = { tokens: [] };
      const drafts = world.drafts.map((draft) => spied(draft, shown));
      let row = 0;
      const lax: Sampler = {
        need: () => {
          row = 0;
          return 'argmax';
        },
        choose: (scores, at) => {
          const token = scores.argmax(at);
          const proposed = shown.tokens[row++];
          const usable = proposed !== undefined && proposed >= 0 && proposed < world.model.size;
          return usable && at < scores.rows - 1 && at > 0 ? proposed : token;
        },
        commit: () => undefined,
      };
      const request = randomRequest(world);
      const policy = fixedDraft(world.random.pick(drafts).id, 5);
      const target = new ToyTarget(world.model, world.contextLength);
      checkTrial(
        await runTrial({ ...world, drafts, policy }, request, target, lax),
        expected(world, request),
        request,
      );
    });
    assert.ok(caught);
  });

  test('a roll-back that keeps one wrong token', async () => {
    class Sticky extends ToyTarget {
      override truncate(length: number): void {
        super.truncate(Math.min(this.length, length + 1));
      }
    }
    assert.ok(await someFail((seed) => fuzz(seed, (w) => new Sticky(w.model, w.contextLength))));
  });

  test('a cache that takes one token too many over from the request before', async () => {
    class Generous extends ToyTarget {
      override resume(tokens: readonly number[]): number {
        const held = this.length;
        const common = super.resume(tokens);
        if (common < held && common < tokens.length) {
          // The stale entry stays in the buffer and counts as the token that should have replaced it.
          (this as unknown as { count: number }).count = common + 1;
          return common + 1;
        }
        return common;
      }
    }
    assert.ok(await someFail((seed) => fuzz(seed, (w) => new Generous(w.model, w.contextLength))));
  });

  test('a target whose rows depend on how many are scored together', async () => {
    class Narrow extends ToyTarget {
      protected override row(position: number): readonly number[] {
        const weights = super.row(position);
        return this.passes.at(-1) === 1 ? [...weights].reverse() : weights;
      }
    }
    assert.ok(await someFail((seed) => fuzz(seed, (w) => new Narrow(w.model, w.contextLength))));
  });

  test('a sampler that listens to the draft', async () => {
    const caught = await someFail(async (seed) => {
      const world = randomWorld(seed);
      const shown: { tokens: readonly number[] } = { tokens: [] };
      const drafts = world.drafts.map((draft) => spied(draft, shown));
      const biased: Sampler = {
        need: () => 'logits',
        choose: (scores, row) => {
          // Takes the draft's token whenever it is nearly as likely as the best.
          const logits = scores.logits(row);
          const best = largest(logits);
          const proposed = shown.tokens[row] ?? best;
          return (logits[proposed] ?? Number.NEGATIVE_INFINITY) > logits[best]! - 0.5 ? proposed : best;
        },
        commit: () => undefined,
      };
      const request = randomRequest(world);
      const target = new ToyTarget(world.model, world.contextLength);
      const policy = fixedDraft(world.random.pick(drafts).id, 5);
      checkTrial(
        await runTrial({ ...world, drafts, policy }, request, target, biased),
        expected(world, request),
        request,
      );
    });
    assert.ok(caught);
  });
});

/** A world in which nothing is random but the model. */
function plainWorld(model: World['model']): World {
  const random = new Random(3);
  const vocabulary = vocabularyOf(['', ...Array.from({ length: model.size - 1 }, (_, i) => `${i}`)]);
  return { random, vocabulary, model, contextLength: 200, drafts: [], policy: noDraft };
}

function requestOf(prompt: readonly number[], maxTokens: number) {
  const stop = { endTokens: new Set<number>(), maxTokens, singleLine: false, stopStrings: [] };
  return { prompt, language: 'toy', task: 'complete', stop, skipBytes: 0 };
}

/** A draft whose last proposal can be seen from outside. */
function spied(draft: Draft, shown: { tokens: readonly number[] }): Draft {
  return {
    ...draft,
    id: draft.id,
    languages: draft.languages,
    open(context) {
      const session = draft.open(context);
      return {
        commit: (tokens) => session.commit(tokens),
        matchLength: () => session.matchLength(),
        behind: () => session.behind(),
        async propose(limit, signal) {
          const proposal = await session.propose(limit, signal);
          shown.tokens = proposal.tokens;
          return proposal;
        },
      };
    },
  };
}
