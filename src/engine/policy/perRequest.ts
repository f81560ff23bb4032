import type { NetworkWeights } from '../../selection/network.ts';
import { SoftmaxPolicy } from '../../selection/reinforce.ts';
import type { Policy } from './policy.ts';
import { requestFeatures } from './requestFeatures.ts';

/** What training for a choice per request leaves behind. */
export interface RequestWeights {
  /** What can be chosen: a draft, and the tokens that it is asked for in every round. */
  readonly actions: readonly { readonly draft: string; readonly length: number }[];
  /** Languages that were seen in training. */
  readonly languages: readonly string[];
  /** From the numbers of requestFeatures.ts to a logit for each action. */
  readonly network: NetworkWeights;
}

/**
 * Chooses once a request and keeps to it, as in Huang et al., «Context-Aware Assistant Selection for Improved Inference
 * Acceleration with Large Language Models» (2024).
 * @param kinds kind of every token, see tokenKinds.
 */
export function perRequestPolicy({ actions, languages, network }: RequestWeights, kinds: Uint8Array): Policy {
  const chooser = new SoftmaxPolicy(network);
  const features = requestFeatures(languages, kinds);
  return {
    id: 'per request',
    uses: (id) => actions.some(({ draft }) => draft === id),
    begin(context) {
      const action = actions[chooser.best(features.of(context))];
      return { choose: () => action, observe: () => undefined };
    },
  };
}
