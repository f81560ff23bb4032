import { perRequestPolicy, type RequestWeights } from '../engine/policy/perRequest.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { rule } from '../engine/policy/rule.ts';
import { type PolicyWeights, trainedPolicy } from '../engine/policy/trained.ts';
import type { Contestant } from './contest.ts';
import type { LogHeader } from './log.ts';
import { standInKinds } from './replay.ts';
import type { World } from './world.ts';

/** The rule that the product goes by where no policy was trained. */
export function productRule({ header, times: { costs } }: World): Policy {
  return rule(unopenedDrafts(header), costs);
}

/** The trained policy, a set of weights a seed. */
export function trainedContestant(
  id: string,
  weights: readonly PolicyWeights[],
  { header, times }: Pick<World, 'header' | 'times'>,
): Contestant {
  return {
    id,
    kind: 'learned',
    seeds: weights.length,
    make: (seed) =>
      trainedPolicy(weights[seed]!, {
        drafts: unopenedDrafts(header),
        costs: times.costs,
        kinds: standInKinds,
      }),
  };
}

/** A policy that was read from a file. */
export function contestantOf(
  name: string,
  weights: PolicyWeights | RequestWeights,
  world: Pick<World, 'header' | 'times'>,
): Contestant {
  if ('price' in weights) return trainedContestant(name, [weights], world);
  return { id: name, kind: 'learned', seeds: 1, make: () => perRequestPolicy(weights, standInKinds) };
}

/** The drafts of a log, as policies want to know them. */
export function unopenedDrafts({ arms }: LogHeader) {
  return arms.map(({ id, languages }) => ({
    id,
    languages,
    open: (): never => {
      throw new Error('a recorded draft has no model to open');
    },
  }));
}
