import type { NetworkWeights } from '../../selection/network.ts';
import { SparseNetwork } from '../../selection/sparseNetwork.ts';
import { Rate } from '../../selection/throughput.ts';
import type { Draft } from '../drafts/draft.ts';
import type { CostTable } from './costs.ts';
import { Features } from './features.ts';
import { FEATURES } from './layout.ts';
import { Listener } from './listen.ts';
import { OnlineLearner, type OnlineState } from './online.ts';
import { PassClock } from './passClock.ts';
import { GUESS_PLACES, Planner, type RoundPlan } from './planner.ts';
import type { Policy, RequestContext, RoundOutcome, Selector } from './policy.ts';

/** Tokens that a round is taken to bring before any was seen. */
const START_GAIN = 1.8;

/** What training leaves behind. */
export interface PolicyWeights {
  /** Ids of the drafts that it was trained on: of others it knows nothing, so they are left alone. */
  readonly arms: readonly string[];
  /**
   * What a millisecond is worth, as a multiple of the rate that is reached. Above 1, because a guess that is not made in
   * this round is made in the next: going on a little less far costs less than the rate alone says.
   */
  readonly price: number;
  /** From the numbers of layout.ts to the logits of planner.ts. */
  readonly network: NetworkWeights;
}

/** The sizes that a network must have to be used here. */
export const POLICY_INPUTS = FEATURES;
export const POLICY_OUTPUTS = GUESS_PLACES.length;

/** What a policy must know of the drafts and the machine. */
export interface Surroundings {
  readonly drafts: readonly Draft[];
  readonly costs: CostTable;
  /** Kind of every token of the vocabulary, see tokenKinds. */
  readonly kinds: Uint8Array;
}

/**
 * Chooses draft and length by what a network, trained on recorded decoding, thinks of every draft's guesses, against
 * time measured on this machine: the plan with the most E[tokens] − price · E[milliseconds], the price going with the
 * rate of tokens a millisecond that decoding reaches (renewal reward; Dinkelbach's method).
 *
 * The network knows nothing of the machine, so one file serves all. The running rate and the clock of passes go on
 * from request to request.
 *
 * @param online what was learnt on this machine; it goes on learning. Without it the policy stays as it was trained.
 */
export function trainedPolicy(
  weights: PolicyWeights,
  { drafts, costs, kinds }: Surroundings,
  online?: OnlineState,
): Policy {
  const network = SparseNetwork.from(weights.network);
  const clock = new PassClock(costs.target);
  const rate = new Rate(START_GAIN, clock.millis(2, 0));
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const planner = new Planner(network, clock, costs);
  const learner = online && new OnlineLearner(online, planner, clock);

  return {
    id: online ? 'trained+online' : 'trained',
    uses: (id) => byId.has(id) && weights.arms.includes(id),
    begin(context: RequestContext): Selector {
      const features = new Features(context, kinds);
      let length = context.prompt.length;
      const listener = new Listener(byId, context.language, costs);
      let plan: RoundPlan | undefined;
      let price = 0;
      learner?.begin(context.language);

      return {
        choose(sessions) {
          listener.listen(sessions);
          price = weights.price * rate.value;
          planner.look(features, listener, length);
          plan = learner ? learner.plan(price) : planner.plan(price);
          if (!plan) return undefined;
          return { draft: plan.evidence.id, length: plan.length, tokens: plan.evidence.tokens };
        },
        observe(outcome: RoundOutcome) {
          const rows = outcome.drafted + 1;
          const guessing = plan ? plan.millis - clock.millis(plan.length + 1, length) : 0;
          learner?.observe(outcome, price);
          features.observe(outcome, listener.heard);
          clock.observe(rows, length, outcome.millis);
          rate.observe(outcome.accepted + 1, guessing + outcome.millis);
          length += outcome.committed.length;
        },
      };
    },
  };
}
