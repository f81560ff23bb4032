import { passMillis } from '../engine/policy/costs.ts';
import { perRequestPolicy } from '../engine/policy/perRequest.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { type Arm, armsOf, ONE_ROW } from '../measure/arms.ts';
import { seededRandom } from '../measure/statistics.ts';
import { Exp3, Ucb1 } from '../selection/bandits.ts';
import type { Assistant } from '../service/assistant.ts';
import { actionsOf, bestAction, bestOfEach, measureActions, nameOf } from './baselines/actions.ts';
import { banditPolicy } from './baselines/bandit.ts';
import { hedgePolicy } from './baselines/hedge.ts';
import { hasOwnOutputs, trainPaper } from './baselines/paper.ts';
import { languageRouter } from './baselines/router.ts';
import type { Log } from './log.ts';
import { timesOf } from './replay.ts';

/** Draft tokens at this share of a pass or more are not worth a fixed arm: the time would be spent to show a loss. */
const WORTH_TRYING = 0.5;

/**
 * Everybody who takes part in a comparison on the clock: plain decoding of one row and of two, every draft at the length
 * that was best on the training log, the rule, the policies that need that log, and the trained policy alone and learning.
 * Times of rounds, which some need to learn, are those of the log.
 * @param alpha of the method of the paper.
 */
export function clockArms(
  assistant: Assistant,
  { header, records }: Log,
  kinds: Uint8Array,
  alpha: number,
): { readonly arms: readonly Arm[]; readonly bestFixed: string } {
  const pass = passMillis(assistant.costs.target, 2, 0);
  const drafts = header.arms
    .map(({ id }) => id)
    .filter((id) => assistant.drafts.some((draft) => draft.id === id))
    .filter((id) => (assistant.costs.drafts[id]?.token ?? 0) < WORTH_TRYING * pass);
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
    ...armsOf([ONE_ROW, 'none', ...tuned.map(nameOf), 'rule'], assistant),
    only('language router', languageRouter(table)),
    only('UCB', banditPolicy('ucb', new Ucb1(tuned.length), tuned, times)),
    only('EXP3', banditPolicy('exp3', new Exp3(tuned.length, seededRandom(1)), tuned, times)),
    only('Hedge', hedgePolicy(table.actions, times, seededRandom(1))),
  ];
  if (hasOwnOutputs(records, drafts)) {
    const weights = trainPaper(records, own, times, tuned, { alpha, random: seededRandom(1) });
    arms.push(only(`paper α=${alpha}`, perRequestPolicy(weights, kinds)));
  }
  arms.push(...armsOf(['trained', 'trained+online'], assistant));
  return { arms, bestFixed: nameOf(best) };
}
