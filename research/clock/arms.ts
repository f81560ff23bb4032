import { passMillis } from '../../src/engine/policy/costs.ts';
import { perRequestPolicy } from '../../src/engine/policy/perRequest.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import type { Pipeline } from '../../src/inference/pipeline.ts';
import { actionName, actionsOf, bestAction, bestOfEach, measureActions } from '../../src/learning/actions.ts';
import type { Log } from '../../src/learning/log.ts';
import { hasOwnOutputs, trainPaper } from '../../src/learning/paper.ts';
import { timesOf } from '../../src/learning/replay.ts';
import { type Arm, armsOf, ONE_ROW } from '../../src/measure/arms.ts';
import { seededRandom } from '../../src/measure/statistics.ts';
import { Exp3, Ucb1 } from '../../src/selection/bandits.ts';
import { banditPolicy } from '../rivals/bandit.ts';
import { hedgePolicy } from '../rivals/hedge.ts';
import { languageRouter } from '../rivals/router.ts';

/** Draft tokens at this share of a pass or more are not worth a fixed arm: the time would be spent to show a loss. */
const WORTH_TRYING = 0.5;

/**
 * Everybody who takes part in a comparison on the clock: plain decoding of one row and of two, every draft at the length
 * that was best on the training log, the rule, the policies that need that log, and the trained policy alone and learning.
 * Times of rounds, which some need to learn, are those of the log.
 * @param alpha of the method of the paper.
 */
export function clockArms(
  pipeline: Pipeline,
  { header, records }: Log,
  kinds: Uint8Array,
  alpha: number,
): { readonly arms: readonly Arm[]; readonly bestFixed: string } {
  const pass = passMillis(pipeline.costs.target, 2, 0);
  const drafts = header.arms
    .map(({ id }) => id)
    .filter((id) => pipeline.drafts.some((draft) => draft.id === id))
    .filter((id) => (pipeline.costs.drafts[id]?.token ?? 0) < WORTH_TRYING * pass);
  // The log's times were taken over many passes; those that were measured at the start are of one moment.
  const own = { ...header, arms: header.arms.filter(({ id }) => drafts.includes(id)) };
  const times = timesOf(own);
  const table = measureActions(records, actionsOf(drafts, times), times);
  const tuned = bestOfEach(table);
  const best = bestAction(table)!;
  // Only what it may choose is kept up to date, as for the product's own policies.
  const only = (name: string, policy: Policy, used = drafts): Arm => ({
    name,
    policy: { ...policy, id: name, uses: (id) => used.includes(id) },
  });
  const arms: Arm[] = [
    ...armsOf([ONE_ROW, 'none', ...tuned.map(actionName), 'rule'], pipeline),
    only('language router', languageRouter(table)),
    only('UCB', banditPolicy('ucb', new Ucb1(tuned.length), tuned, times)),
    only('EXP3', banditPolicy('exp3', new Exp3(tuned.length, seededRandom(1)), tuned, times)),
    only('Hedge', hedgePolicy(table.actions, times, seededRandom(1))),
  ];
  if (hasOwnOutputs(records, drafts)) {
    const weights = trainPaper(records, own, times, tuned, { alpha, random: seededRandom(1) });
    arms.push(only(`paper α=${alpha}`, perRequestPolicy(weights, kinds)));
  }
  arms.push(...armsOf(['trained', 'trained+online'], pipeline));
  return { arms, bestFixed: actionName(best) };
}
