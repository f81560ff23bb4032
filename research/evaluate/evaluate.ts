import type { RequestWeights } from '../../src/engine/policy/perRequest.ts';
import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { actionName } from '../../src/learning/actions.ts';
import {
  type Contestant,
  type ContestRun,
  geomean,
  partition,
  run,
  speedups,
} from '../../src/learning/contest.ts';
import { contestantOf, trainedContestant } from '../../src/learning/contestants.ts';
import { requestOracle } from '../../src/learning/oracle.ts';
import { bound, type Score, scoresOf } from '../../src/learning/scores.ts';
import type { World } from '../../src/learning/world.ts';
import { baselines, online, train } from './contestants.ts';
import { lossesIn, type NamedLosses, type Reach, reachOf } from './reach.ts';
import { type Service, serviceOf } from './service.ts';
import {
  type CurvePoint,
  type HeldOut,
  heldOut,
  learningCurve,
  type Regret,
  regretAfterChange,
} from './studies.ts';

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

/** Everything that the comparison finds. */
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
    bestFixed: actionName(world.best),
    scores: scoresOf([...runs, ...bounds], world),
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

/** Every fixed draft at its tuned length in every context. */
function cellsOf(runs: readonly ContestRun[], trained: ContestRun, { test, tuned }: World): Cell[] {
  const own = speedups(trained, test.plain);
  const cells: Cell[] = [];
  for (const property of ['class', 'language'] as const) {
    for (const [value, rows] of partition(test.records, (record) => record[property])) {
      const here = geomean(rows.map((row) => own[row]!));
      for (const action of tuned) {
        const fixed = speedups(runs.find(({ id }) => id === actionName(action))!, test.plain);
        const speedup = geomean(rows.map((row) => fixed[row]!));
        const ratio = here / speedup;
        const verdict = ratio > 1 + TIE ? 'win' : ratio < 1 - TIE ? 'loss' : 'tie';
        cells.push({ property, value, requests: rows.length, ...action, speedup, trained: here, verdict });
      }
    }
  }
  return cells;
}

function picksOf({ picks }: ContestRun): Results['picks'] {
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
