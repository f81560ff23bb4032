import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draft } from '../../../src/engine/drafts/draft.ts';
import type { Policy } from '../../../src/engine/policy/policy.ts';
import type { Sampler } from '../../../src/engine/sampling.ts';
import { runTrial, type World } from '../../toy/cases.ts';
import { draftOf, greedyTokens } from '../../toy/drafts.ts';
import { markov } from '../../toy/markov.ts';
import { Random } from '../../toy/random.ts';
import { ToyTarget } from '../../toy/target.ts';
import { vocabularyOf } from '../../toy/vocabulary.ts';

/**
 * Does the text go with the draft that was used? Drafts are dealt out to requests at random, the texts are drawn anew each
 * time, and the difference between the drafts' texts is compared with what it is when the labels are shuffled (a permutation
 * test, Fisher, 1935). It knows nothing of how decoding works, so it would see a bias of any kind.
 */

const SIZE = 4;
const END = 0;
const REQUESTS = 240;
const SHUFFLES = 199;
const model = markov(5, SIZE, 2, 6);
const vocabulary = vocabularyOf(['', 'a', 'b', 'c']);
const request = {
  prompt: [1, 2],
  language: 'toy',
  task: 'complete',
  stop: { endTokens: new Set([END]), maxTokens: 12, singleLine: false, stopStrings: [] },
  skipBytes: 0,
};

/** What was proposed last, for a sampler that should not know it. */
let proposed: readonly number[] = [];
const overheard = (id: string, guess: (text: readonly number[], limit: number) => readonly number[]): Draft =>
  draftOf(id, (text, limit) => {
    proposed = guess(text, limit);
    return proposed;
  });
const arms: readonly Draft[] = [
  overheard('ones', (_, limit) => new Array<number>(limit).fill(1)),
  overheard('twos', (_, limit) => new Array<number>(limit).fill(2)),
  overheard('good', (text, limit) => greedyTokens(model, text, limit)),
];

interface Observation {
  readonly arm: number;
  readonly text: readonly number[];
}

/** Decode all requests, each with a draft dealt by chance and with chance of its own. */
async function observe(seed: number, credulity: number): Promise<Observation[]> {
  const random = new Random(seed);
  const observations: Observation[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const arm = random.int(0, arms.length - 1);
    const policy: Policy = {
      id: 'dealt',
      begin: () => ({
        choose: () => {
          proposed = [];
          return { draft: arms[arm]!.id, length: 3 };
        },
        observe: () => undefined,
      }),
    };
    const world: World = { random, vocabulary, model, contextLength: 64, drafts: arms, policy };
    const target = new ToyTarget(model, 64);
    const { result } = await runTrial(world, request, target, sampler(random, credulity));
    observations.push({ arm, text: result.ids });
  }
  return observations;
}

/** Draws from the target, but at times takes what was proposed. @param credulity how often; 0 is right. */
function sampler(random: Random, credulity: number): Sampler {
  return {
    need: () => 'logits',
    choose: (scores, row) => {
      const weights = Array.from(scores.logits(row), (x) => Math.round(Math.exp(x)));
      let left = random.next() * weights.reduce((a, b) => a + b, 0);
      const token = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      const guess = row < scores.rows - 1 ? proposed[row] : undefined;
      return guess !== undefined && random.next() < credulity ? guess : token;
    },
    commit: () => undefined,
  };
}

/** How far apart the drafts' texts are: in their lengths and in how often each token occurs, between groups. */
function difference(observations: readonly Observation[], labels: readonly number[]): number {
  const features = (text: readonly number[]) => [
    text.length / 12,
    ...Array.from({ length: SIZE }, (_, id) => text.filter((token) => token === id).length / text.length),
  ];
  const rows = observations.map(({ text }) => features(text));
  const means = arms.map((_, arm) => {
    const own = rows.filter((_, i) => labels[i] === arm);
    return rows[0]!.map((_, f) => own.reduce((sum, row) => sum + row[f]!, 0) / own.length);
  });
  const all = rows[0]!.map((_, f) => rows.reduce((sum, row) => sum + row[f]!, 0) / rows.length);
  return means.reduce(
    (sum, mean) => sum + mean.reduce((part, value, f) => part + (value - all[f]!) ** 2, 0),
    0,
  );
}

/** Share of shuffled schedules whose texts are as far apart as those observed; even over (0, 1] without influence. */
function pValue(observations: readonly Observation[], random: Random): number {
  const labels = observations.map(({ arm }) => arm);
  const observed = difference(observations, labels);
  let asFar = 1;
  for (let i = 0; i < SHUFFLES; i++) {
    for (let at = labels.length - 1; at > 0; at--) {
      const other = random.int(0, at);
      [labels[at], labels[other]] = [labels[other]!, labels[at]!];
    }
    if (difference(observations, labels) >= observed) asFar++;
  }
  return asFar / (SHUFFLES + 1);
}

describe('text and chosen draft', () => {
  test('have nothing to do with each other', async () => {
    const values: number[] = [];
    for (let seed = 0; seed < 12; seed++) values.push(pValue(await observe(seed, 0), new Random(seed)));
    const mean = values.reduce((a, b) => a + b) / values.length;
    // Twelve even numbers: the mean is out of these bounds in about one of a thousand, so are the extremes.
    assert.ok(mean > 0.22 && mean < 0.78, `${values}`);
    assert.ok(Math.min(...values) > 0.0001 && Math.max(...values) > 0.5, `${values}`);
  });

  test('would be seen to go together if a guess were taken once in five times', async () => {
    const values: number[] = [];
    for (let seed = 0; seed < 3; seed++) values.push(pValue(await observe(seed, 1 / 5), new Random(seed)));
    assert.ok(Math.max(...values) <= 0.02, `${values}`);
  });
});
