import type { RequestWeights } from '../engine/policy/perRequest.ts';
import type { PolicyWeights } from '../engine/policy/trained.ts';
import { geometricMeanOverSeeds, type Interval } from '../measure/statistics.ts';
import { nameOf } from './baselines/actions.ts';
import { requestOracle } from './baselines/oracle.ts';
import {
  type Contestant,
  geomean,
  type Kind,
  partition,
  type Run,
  run,
  speedups,
} from './evaluate/contest.ts';
import { baselines, contestantOf, online, train, trainedContestant } from './evaluate/contestants.ts';
import { lossesIn, type NamedLosses, type Reach, reachOf } from './evaluate/reach.ts';
import { type Service, serviceOf } from './evaluate/service.ts';
import {
  type CurvePoint,
  type HeldOut,
  heldOut,
  learningCurve,
  type Regret,
  regretAfterChange,
} from './evaluate/studies.ts';
import type { World } from './evaluate/world.ts';

/** How a policy did on the test requests; all times are replayed with the cost table of the log's machine. */
export interface Score {
  readonly id: string;
  readonly kind: Kind;
  readonly seeds: number;
  /** Over plain decoding, with the interval over requests and seeds. */
  readonly speedup: Interval;
  /** Lowest and highest over seeds. */
  readonly overSeeds: readonly [number, number];
  /** Share of the way from the best fixed draft to the oracle per round; undefined where there is no way. */
  readonly gap: number | undefined;
  /** Mean tokens and milliseconds of a round; undefined for oracles. */
  readonly round: { readonly tokens: number; readonly millis: number } | undefined;
  readonly byLanguage: Readonly<Record<string, number>>;
  readonly byClass: Readonly<Record<string, number>>;
}

/** A fixed draft in a context, and the trained policy beside it. */
export interface Cell {
  readonly property: 'class' | 'language';
  readonly value: string;
  readonly requests: number;
  readonly draft: string;
  readonly length: number;
  readonly speedup: number;
  readonly trained: number;
  /** Of the trained policy; within 2 % is a tie. */
  readonly verdict: 'win' | 'tie' | 'loss';
}

/** Everything that `slipstream policy evaluate` finds. */
export interface Results {
  readonly model: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly drafts: readonly string[];
  readonly seeds: number;
  readonly training: Extent;
  readonly test: Extent;
  /** Milliseconds of a plain round, on average. */
  readonly plainRound: number;
  readonly bestFixed: string;
  readonly scores: readonly Score[];
  readonly cells: readonly Cell[];
  readonly heldOut: readonly HeldOut[];
  /** Where the trained policy and the best fixed draft lose against the oracle per round. */
  readonly losses: readonly NamedLosses[];
  /** How far networks come that nobody would use: how much of the gap is reachable with what is known. */
  readonly reach: readonly Reach[];
  readonly curve: readonly CurvePoint[];
  readonly regret: Regret | undefined;
  /** Share of the trained policy's rounds. */
  readonly picks: readonly { readonly language: string; readonly draft: string; readonly share: number }[];
  /** By natural language, where prose was given. */
  readonly service: readonly Service[];
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
}

interface Extent {
  readonly requests: number;
  readonly groups: number;
  readonly tokens: number;
}

/** What is asked for. */
export interface EvaluateOptions {
  readonly seeds: number;
  /** Further policies from files, by name. */
  readonly policies: readonly {
    readonly name: string;
    readonly weights: PolicyWeights | RequestWeights;
  }[];
  /** Requests of prose in several natural languages, with the same training records. */
  readonly prose?: World | undefined;
  /** Leave out what trains many times over: held-out contexts and the learning curve. */
  readonly quick: boolean;
  readonly onStep: (step: string) => void;
}

const TIE = 0.02;
/** Training without each context is done many times over. */
const HELD_OUT_SEEDS = 2;

/** Compare every policy on the test requests. */
export function evaluate(world: World, options: EvaluateOptions): Results {
  const { header, times, training, test } = world;
  const { seeds, quick, onStep } = options;
  const weights = Array.from({ length: seeds }, (_, seed) => {
    onStep(`training, seed ${seed + 1} of ${seeds}`);
    return train(training.records, header, times, seed);
  });
  const trained = trainedContestant('trained', weights, world);
  const files = options.policies.map(({ name, weights: own }) => contestantOf(name, own, world));
  const runs = [...baselines(world, seeds), trained, ...files].map((contestant) => {
    onStep(contestant.id);
    return run(contestant, test.records, times);
  });
  const bounds = [bound('oracle per request', requestOracle(test)), bound('oracle per round', world.oracle)];
  const fixed = runs.find(({ id }) => id === 'best fixed')!;
  const low = geomean(speedups(fixed, test.plain));
  const high = geomean(speedups(bounds[1]!, test.plain));
  const gap = (speedup: number) => (high - low > 1e-9 ? (speedup - low) / (high - low) : undefined);
  const own = runs.find(({ id }) => id === 'trained')!;
  onStep('regret');
  const rivals: Contestant[] = [trained, ...online(world.tuned, world, seeds)];
  const paper = runs.some(({ id }) => id.startsWith('paper'));
  return {
    model: header.model,
    machine: header.machine,
    drafts: world.drafts,
    seeds,
    training: extentOf(training.records),
    test: extentOf(test.records),
    plainRound: mean(test.plain) / mean(test.records.map(({ kinds }) => kinds.length)),
    bestFixed: nameOf(world.best),
    scores: [...runs, ...bounds].map((each) => scoreOf(each, world, gap)),
    cells: cellsOf(runs, own, world),
    heldOut: quick ? [] : heldOut(world, Math.min(seeds, HELD_OUT_SEEDS), onStep),
    losses: lossesIn(world, weights[0]!),
    reach: quick ? [] : reachOf(world, onStep),
    curve: quick ? [] : learningCurve(world, weights, onStep),
    regret: regretAfterChange(world, rivals, seeds),
    picks: picksOf(own),
    service: options.prose ? serviceOf(options.prose, weights) : [],
    notes: paper
      ? []
      : ['The training log does not tell what drafts write alone, so the method of the paper is left out.'],
  };
}

function bound(id: string, millis: Float64Array): Run {
  return { id, kind: 'bound', millis: [millis], rounds: 0, tokens: 0, picks: new Map() };
}

function scoreOf(each: Run, { test }: World, gap: (speedup: number) => number | undefined): Score {
  const own = speedups(each, test.plain);
  const seeds = each.millis.map((millis) => geomean(speedups({ millis: [millis] }, test.plain)));
  const by = (of: Parameters<typeof partition>[1]) =>
    Object.fromEntries(
      [...partition(test.records, of)].map(([value, rows]) => [value, geomean(rows.map((row) => own[row]!))]),
    );
  const total = each.millis.reduce((sum, millis) => sum + millis.reduce((a, b) => a + b, 0), 0);
  return {
    id: each.id,
    kind: each.kind,
    seeds: each.millis.length,
    speedup: geometricMeanOverSeeds(each.millis.map((millis) => speedups({ millis: [millis] }, test.plain))),
    overSeeds: [Math.min(...seeds), Math.max(...seeds)],
    gap: gap(geomean(own)),
    round: each.rounds > 0 ? { tokens: each.tokens / each.rounds, millis: total / each.rounds } : undefined,
    byLanguage: by(({ language }) => language),
    byClass: by((record) => record.class),
  };
}

/** Every fixed draft at its tuned length in every context. */
function cellsOf(runs: readonly Run[], trained: Run, { test, tuned }: World): Cell[] {
  const own = speedups(trained, test.plain);
  const cells: Cell[] = [];
  for (const property of ['class', 'language'] as const) {
    for (const [value, rows] of partition(test.records, (record) => record[property])) {
      const here = geomean(rows.map((row) => own[row]!));
      for (const action of tuned) {
        const fixed = speedups(runs.find(({ id }) => id === nameOf(action))!, test.plain);
        const speedup = geomean(rows.map((row) => fixed[row]!));
        const ratio = here / speedup;
        const verdict = ratio > 1 + TIE ? 'win' : ratio < 1 - TIE ? 'loss' : 'tie';
        cells.push({ property, value, requests: rows.length, ...action, speedup, trained: here, verdict });
      }
    }
  }
  return cells;
}

function picksOf({ picks }: Run): Results['picks'] {
  return [...picks].flatMap(([language, drafts]) => {
    const total = [...drafts.values()].reduce((sum, count) => sum + count, 0);
    return [...drafts].map(([draft, count]) => ({ language, draft, share: count / total }));
  });
}

function extentOf(records: World['test']['records']): Extent {
  return {
    requests: records.length,
    groups: new Set(records.map(({ group }) => group)).size,
    tokens: records.reduce((sum, { kinds }) => sum + kinds.length, 0),
  };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
