import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draft } from '../../../src/engine/drafts/draft.ts';
import { fixedDraft } from '../../../src/engine/policy/fixed.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import type { Sampler } from '../../../src/engine/sampling.ts';
import type { Scores } from '../../../src/engine/target.ts';
import { runTrial, type World } from '../../toy/cases.ts';
import { draftOf, fickle } from '../../toy/drafts.ts';
import { type Choose, type Law, lawOf } from '../../toy/law.ts';
import { markov, type ToyModel } from '../../toy/markov.ts';
import { mix, Random } from '../../toy/random.ts';
import { plainDecode } from '../../toy/reference.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

/**
 * Sampling, not only greedy decoding: whatever the drafts do, each text must come out exactly as often as the
 * target alone would write it. Probabilities are summed over every course that a run can take, in fractions of
 * whole numbers, so that «exactly» means equal.
 */

const SIZE = 4;
const END = 0;
const DEPTH = 4;
const PROMPT = [1, 2];
const vocabulary = vocabularyOf(['', 'a', 'b', 'c']);

const stop = { endTokens: new Set([END]), maxTokens: DEPTH, singleLine: false, stopStrings: [] };
const request = { prompt: PROMPT, language: 'toy', task: 'complete', stop, skipBytes: 0 };

/** The law of the target alone, token by token. */
function plainLaw(model: ToyModel): Promise<Law> {
  return lawOf(async (choose) => {
    const next = (text: readonly number[]) => choose(model.weights(text));
    return plainDecode(next, PROMPT, stop, vocabulary, 64).ids;
  });
}

/** The law of the decoder with drafts. `makeSampler` turns weights and a source of chance into a sampler. */
function draftedLaw(
  model: ToyModel,
  drafts: readonly Draft[],
  policy: () => Policy,
  makeSampler = honest,
): Promise<Law> {
  return lawOf(async (choose) => {
    const world: World = {
      random: new Random(0),
      vocabulary,
      model,
      contextLength: 64,
      drafts,
      policy: policy(),
    };
    const { result } = await runTrial(world, request, new ToyTarget(model, 64), makeSampler(model, choose));
    return result.ids;
  });
}

/** Weights of a row, back from its logits: weights of a toy model are whole numbers. */
const weightsOf = (scores: Scores, row: number) =>
  Array.from(scores.logits(row), (x) => Math.round(Math.exp(x)));

function honest(_: ToyModel, choose: Choose): Sampler {
  return {
    need: () => 'logits',
    choose: (scores, row) => choose(weightsOf(scores, row)),
    commit: () => undefined,
  };
}

/** The last proposal of {@link arms}, for samplers that cheat. */
let proposed: readonly number[] = [];

function arm(id: string, guess: (text: readonly number[], limit: number) => readonly number[]): Draft {
  return draftOf(id, (text, limit) => {
    proposed = guess(text, limit);
    return proposed;
  });
}

const arms: readonly Draft[] = [
  arm('repeat', (text, limit) => new Array<number>(limit).fill(text.at(-1)!)),
  arm('rotate', (text, limit) => Array.from({ length: limit }, (_, i) => (text.at(-1)! + i + 1) % SIZE)),
  arm('end', (_, limit) => new Array<number>(limit).fill(END)),
  arm('mixed', (text, limit) => Array.from({ length: limit }, (_, i) => mix(text.length * 31 + i) % SIZE)),
];

describe('the law of the output', () => {
  const models = [1, 2, 3].map((seed) => markov(seed, SIZE, 2, 4));

  test('is that of the target, for every draft and length', async () => {
    for (const model of models) {
      const plain = await plainLaw(model);
      assert.ok(plain.size > 50, 'the law has many texts');
      for (const { id } of arms) {
        for (const length of [1, 2, 3, 5]) {
          assert.deepEqual(
            await draftedLaw(model, arms, () => fixedDraft(id, length)),
            plain,
            `${id} ${length}`,
          );
        }
      }
    }
  });

  test('is that of the target when drafts change from round to round', async () => {
    for (const model of models) {
      const plain = await plainLaw(model);
      for (let seed = 0; seed < 5; seed++) {
        assert.deepEqual(await draftedLaw(model, arms, () => fickle(new Random(seed), 4)), plain);
      }
    }
  });

  test('is that of the target for a policy that does its worst with what it has seen', async () => {
    // Asks for the end when the last guess failed, and for much when it held: choices hang on past outcomes.
    const worst = (): Policy => ({
      id: 'worst',
      begin: () => {
        let held = true;
        return {
          choose: () => (held ? { draft: 'mixed', length: 4 } : { draft: 'end', length: 1 }),
          observe: ({ drafted, accepted }) => {
            held = accepted === drafted;
          },
        };
      },
    });
    for (const model of models) assert.deepEqual(await draftedLaw(model, arms, worst), await plainLaw(model));
  });

  test('would not be that of the target if a likely draft token were simply taken', async () => {
    const taking = (_: ToyModel, choose: Choose): Sampler => ({
      need: () => 'logits',
      choose: (scores, row) => {
        const weights = weightsOf(scores, row);
        const token = row < scores.rows - 1 ? proposed[row] : undefined;
        return token !== undefined && weights[token]! === Math.max(...weights) ? token : choose(weights);
      },
      commit: () => undefined,
    });
    await assertBiased(taking);
  });

  test('would not be that of the target if a refused token could be drawn anew from all tokens', async () => {
    const redrawing = (_: ToyModel, choose: Choose): Sampler => ({
      need: () => 'logits',
      choose: (scores, row) => {
        const weights = weightsOf(scores, row);
        const token = row < scores.rows - 1 ? proposed[row] : undefined;
        const first = choose(weights);
        return token === undefined || first === token ? first : choose(weights);
      },
      commit: () => undefined,
    });
    await assertBiased(redrawing);
  });

  test('would not be that of the target if a row were read one place too late', async () => {
    const late = (_: ToyModel, choose: Choose): Sampler => ({
      need: () => 'logits',
      choose: (scores, row) => choose(weightsOf(scores, Math.min(row + 1, scores.rows - 1))),
      commit: () => undefined,
    });
    await assertBiased(late);
  });

  async function assertBiased(makeSampler: typeof honest): Promise<void> {
    const model = models[0]!;
    const law = await draftedLaw(model, arms, () => fixedDraft('mixed', 3), makeSampler);
    assert.notDeepEqual(law, await plainLaw(model));
  }
});
