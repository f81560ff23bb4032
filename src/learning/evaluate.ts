import { fixedDraft, noDraft } from '../engine/policy/fixed.ts';
import type { RequestWeights } from '../engine/policy/perRequest.ts';
import type { PolicyWeights } from '../engine/policy/trained.ts';
import { actionName } from './actions.ts';
import { type Contestant, run } from './contest.ts';
import { contestantOf, productRule } from './contestants.ts';
import { BEST_FIXED, bound, type Score, scoresOf } from './scores.ts';
import type { World } from './world.ts';

/** A policy from a file. */
export interface NamedPolicy {
  readonly name: string;
  readonly weights: PolicyWeights | RequestWeights;
}

/**
 * Trained policies beside what needs no training: plain decoding, every draft at the length that was best on the training
 * requests, the best of these, the rule, and as a bound the best choice of every round in hindsight.
 */
export function evaluate(world: World, policies: readonly NamedPolicy[]): Score[] {
  const { tuned, best, test, times } = world;
  const contestants: Contestant[] = [
    { id: 'none', kind: 'plain', seeds: 1, make: () => noDraft },
    ...tuned.map(
      (action): Contestant => ({
        id: actionName(action),
        kind: 'fixed',
        seeds: 1,
        make: () => fixedDraft(action.draft, action.length),
      }),
    ),
    { id: BEST_FIXED, kind: 'fixed', seeds: 1, make: () => fixedDraft(best.draft, best.length) },
    { id: 'rule', kind: 'rule', seeds: 1, make: () => productRule(world) },
    ...policies.map(({ name, weights }) => contestantOf(name, weights, world)),
  ];
  const runs = contestants.map((contestant) => run(contestant, test.records, times));
  return scoresOf([...runs, bound('oracle per round', world.oracle)], world);
}
