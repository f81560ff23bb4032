import type { Policy } from '../../src/engine/policy/policy.ts';
import type { Action } from '../../src/learning/actions.ts';
import { type RoundTimes, roundMillis } from '../../src/learning/replay.ts';
import type { Bandit } from '../../src/selection/bandits.ts';
import { Rate } from '../../src/selection/throughput.ts';

/** A round worth this many tokens more or less than its time is at the end of the scale of rewards. */
export const REWARD_SPAN = 4;
/** Tokens that a round is taken to bring before any was seen. */
const START_GAIN = 1.8;

/**
 * A bandit over actions, asked in every round (as BanditSpec does; Hou et al., 2025). The reward is what the round was
 * worth: tokens less the price of its time, mapped to [0, 1]; the price is the rate that is reached, so the best arm is
 * the one with the most tokens a millisecond. What it has learnt goes on from request to request.
 */
export function banditPolicy(
  id: string,
  bandit: Bandit,
  actions: readonly Action[],
  times: RoundTimes,
): Policy {
  const rate = new Rate(START_GAIN, roundMillis(times, undefined, 0, 0, 0));
  return {
    id,
    begin({ prompt }) {
      let context = prompt.length;
      let action: Action | undefined;
      let behind = 0;
      return {
        choose(sessions) {
          action = actions[bandit.pick()];
          behind = action ? (sessions.get(action.draft)?.behind() ?? 0) : 0;
          return action;
        },
        observe({ draft, drafted, accepted }) {
          const millis = roundMillis(times, draft, drafted, context, behind);
          bandit.observe(0.5 + (accepted + 1 - rate.value * millis) / (2 * REWARD_SPAN));
          rate.observe(accepted + 1, millis);
          context += accepted + 1;
        },
      };
    },
  };
}
