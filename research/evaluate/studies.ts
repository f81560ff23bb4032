import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { type ActionTimes, bestAction } from '../../src/learning/actions.ts';
import { type Contestant, geomean, partition, run, speedups } from '../../src/learning/contest.ts';
import { trainedContestant } from '../../src/learning/contestants.ts';
import { replay } from '../../src/learning/replay.ts';
import { subset } from '../../src/learning/subset.ts';
import type { World } from '../../src/learning/world.ts';
import { seededRandom } from '../../src/measure/statistics.ts';
import { shuffle } from '../../src/selection/shuffle.ts';
import { languageRouter } from '../rivals/router.ts';
import { train } from './contestants.ts';

/** A value of a property that was kept from training. */
export interface HeldOut {
  readonly property: 'language' | 'class';
  readonly value: string;
  readonly requests: number;
  readonly policy: 'trained' | 'language router';
  /** Geometric mean speedup on it: trained with requests like it, and without. */
  readonly seen: number;
  readonly unseen: number;
}

/** Fewer test requests than this say nothing. */
const LEAST_REQUESTS = 5;
/** Training for these comparisons is on so many requests at most: it is done many times over. */
const HELD_OUT_TRAINING = 500;

/** Leave one language out, and one class. */
export function heldOut(world: World, seeds: number, onStep: (step: string) => void): HeldOut[] {
  const results: HeldOut[] = [];
  const all = new Map<number, PolicyWeights>();
  for (const property of ['language', 'class'] as const) {
    const trainable = partition(world.training.records, (record) => record[property]);
    for (const [value, rows] of partition(world.test.records, (record) => record[property])) {
      if (!trainable.has(value) || trainable.size < 2 || rows.length < LEAST_REQUESTS) continue;
      onStep(`without the ${property} ${value}`);
      const test = pick(world.test, rows);
      const without = pick(
        world.training,
        [...world.training.records.keys()].filter((at) => world.training.records[at]![property] !== value),
      );
      const score = (contestant: Contestant) =>
        geomean(speedups(run(contestant, test.records, world.times), test.plain));
      const routed = (training: ActionTimes) =>
        score({ id: '', kind: 'learned', seeds: 1, make: () => languageRouter(training) });
      const weights = (training: ActionTimes, kept?: Map<number, PolicyWeights>) =>
        Array.from({ length: seeds }, (_, seed) => {
          const own =
            kept?.get(seed) ??
            train(
              subset(training.records, HELD_OUT_TRAINING, seededRandom(seed)),
              world.header,
              world.times,
              seed,
            );
          kept?.set(seed, own);
          return own;
        });
      const trained = (of: readonly PolicyWeights[]) => score(trainedContestant('', of, world));
      results.push({
        property,
        value,
        requests: rows.length,
        policy: 'trained',
        seen: trained(weights(world.training, all)),
        unseen: trained(weights(without)),
      });
      results.push({
        property,
        value,
        requests: rows.length,
        policy: 'language router',
        seen: routed(world.training),
        unseen: routed(without),
      });
    }
  }
  return results;
}

/** A point of the learning curve. */
export interface CurvePoint {
  readonly policy: 'trained' | 'language router';
  readonly prompts: number;
  /** Geometric mean speedup on all test requests, for each seed. */
  readonly speedups: readonly number[];
}

const CURVE = [10, 30, 100, 300, 1000];

/** How good policies get with how many training requests. @param full weights that were trained on all. */
export function learningCurve(
  world: World,
  full: readonly PolicyWeights[],
  onStep: (step: string) => void,
): CurvePoint[] {
  const { training, test, times, header } = world;
  const total = training.records.length;
  const seeds = full.length;
  const sizes = [...CURVE.filter((size) => size < total), total];
  const points: CurvePoint[] = [];
  const score = (contestant: Contestant) =>
    geomean(speedups(run(contestant, test.records, times), test.plain));
  for (const prompts of sizes) {
    onStep(`learning from ${prompts} prompts`);
    const trained = Array.from({ length: seeds }, (_, seed) => {
      const weights =
        prompts === total
          ? full[seed]!
          : train(subset(training.records, prompts, seededRandom(seed)), header, times, seed);
      return score(trainedContestant('', [weights], world));
    });
    const routed = Array.from({ length: prompts === total ? 1 : seeds }, (_, seed) => {
      const rows = [...training.records.keys()];
      shuffle(rows, seededRandom(seed));
      const some = pick(training, rows.slice(0, prompts));
      return score({ id: '', kind: 'learned', seeds: 1, make: () => languageRouter(some) });
    });
    points.push({ policy: 'trained', prompts, speedups: trained });
    points.push({ policy: 'language router', prompts, speedups: routed });
  }
  return points;
}

/** How far policies fall behind the best fixed draft when the language changes. */
export interface Regret {
  readonly from: string;
  readonly to: string;
  /** Request from which on the language is the second one. */
  readonly changeAt: number;
  /** Mean over seeds of the time so far less that of the best fixed draft and length of each language: shape [requests]. */
  readonly curves: readonly { readonly policy: string; readonly millis: readonly number[] }[];
}

const MOST_REQUESTS = 120;

/** Requests of one language, then of another; undefined where the test log has no two languages. */
export function regretAfterChange(
  world: World,
  contestants: readonly Contestant[],
  seeds: number,
): Regret | undefined {
  const { test, times } = world;
  const languages = [...partition(test.records, (record) => record.language)];
  const [first] = languages;
  if (!first || languages.length < 2) return undefined;
  const draftOf = (value: string) => bestAction(test, ({ language }) => language === value)?.draft;
  // A change is one where another draft is best; failing that, whatever language comes next.
  const others = languages.slice(1);
  const second =
    others.find(([value, rows]) => rows.length >= 20 && draftOf(value) !== draftOf(first[0])) ?? others[0]!;
  const count = Math.min(MOST_REQUESTS, first[1].length, second[1].length);
  const curves = contestants.map(({ id, make, seeds: own }) => {
    const sum = new Float64Array(2 * count);
    for (let seed = 0; seed < seeds; seed++) {
      const policy = make(seed % own);
      let total = 0;
      const random = seededRandom(seed);
      for (const [segment, [, rows]] of [first, second].entries()) {
        const order = [...rows];
        shuffle(order, random);
        const some = order.slice(0, count);
        const best = hindsight(test, some);
        for (const [i, row] of some.entries()) {
          total += replay(test.records[row]!, policy, times) - best[row]!;
          sum[segment * count + i]! += total / seeds;
        }
      }
    }
    return { policy: id, millis: Array.from(sum) };
  });
  return { from: first[0], to: second[0], changeAt: count, curves };
}

/** Times of the action with the least total time on some records. */
function hindsight({ millis, plain }: ActionTimes, rows: readonly number[]): Float64Array {
  const total = (of: Float64Array) => rows.reduce((sum, row) => sum + of[row]!, 0);
  return millis.reduce((best, of) => (total(of) < total(best) ? of : best), plain);
}

/** Some of the rows of a table. */
function pick({ records, actions, plain, millis }: ActionTimes, rows: readonly number[]): ActionTimes {
  const some = (of: Float64Array) => Float64Array.from(rows, (row) => of[row]!);
  return { records: rows.map((row) => records[row]!), actions, plain: some(plain), millis: millis.map(some) };
}
