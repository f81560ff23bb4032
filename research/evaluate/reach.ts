import { fixedDraft } from '../../src/engine/policy/fixed.ts';
import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { actionName } from '../../src/learning/actions.ts';
import { geomean, run, speedups } from '../../src/learning/contest.ts';
import { trainedContestant } from '../../src/learning/contestants.ts';
import type { World } from '../../src/learning/world.ts';
import { LAYERS, train } from './contestants.ts';
import { type Losses, lossesOf } from './gap.ts';

/** A policy and where it loses. */
export interface NamedLosses extends Losses {
  readonly policy: string;
}

/** A network that is trained as the product's, but larger or on the test requests, and how far it comes. */
export interface Reach {
  readonly name: string;
  readonly speedup: number;
}

/** Four times as wide: if the network were too small, this one would do better. */
const WIDE: readonly number[] = [128, 128];

/** What the trained policy and the best fixed draft lose, all test requests together. */
export function lossesIn(world: World, weights: PolicyWeights): NamedLosses[] {
  const { best, drafts, times } = world;
  const { records } = world.test;
  const trained = trainedContestant('', [weights], world).make(0);
  return [
    { policy: 'trained', ...lossesOf(records, drafts, trained, times) },
    { policy: actionName(best), ...lossesOf(records, drafts, fixedDraft(best.draft, best.length), times) },
  ];
}

/**
 * Bounds of what can be reached with the numbers that the policy looks at: a wider network, and networks that were
 * trained on the very requests that they are tested on, which is more than any policy can know.
 */
export function reachOf(world: World, onStep: (step: string) => void): Reach[] {
  const { training, test, header, times } = world;
  const of = (name: string, records: World['test']['records'], layers: readonly number[]): Reach => {
    onStep(name);
    const weights = train(records, header, times, 0, layers);
    const own = run(trainedContestant('', [weights], world), test.records, times);
    return { name, speedup: geomean(speedups(own, test.plain)) };
  };
  return [
    of('a network four times as wide', training.records, WIDE),
    of('trained on the test requests', test.records, LAYERS),
    of('four times as wide, trained on the test requests', test.records, WIDE),
  ];
}
