import { Network, type NetworkWeights } from '../../selection/network.ts';
import { bestPlan, type Plan, Rate } from '../../selection/throughput.ts';
import type { Draft } from '../drafts/draft.ts';
import { type CostTable, draftMillis } from './costs.ts';
import { type Evidence, FEATURES, Features } from './features.ts';
import { LONGEST, listen } from './listen.ts';
import { PassClock } from './passClock.ts';
import type { Choice, Outcome, Policy, RequestContext, Selector } from './policy.ts';

/** First place of each group of places that share an output of the network: chance that a guess there is right. */
export const PLACES = [0, 1, 2, 3, 4, 6, 9, 13, 18, 25];
const GROUP = Uint8Array.from({ length: LONGEST }, (_, place) => groupOf(place));
/** Tokens asked of a neural draft at most: each costs time, and few are accepted in a row. */
export const LONGEST_NEURAL = 8;
/** Tokens that a round is taken to bring before any was seen. */
const START_GAIN = 1.8;

/** What training leaves behind: a network from features to chances of being right, place by place. */
export interface PolicyWeights {
  /**
   * What a millisecond is worth, as a multiple of the rate that is reached. Above 1, because a guess that is not made in
   * this round is made in the next: going on a little less far costs less than the rate alone says.
   */
  readonly price: number;
  readonly network: NetworkWeights;
}

/** The sizes that a network must have to be used here. */
export const POLICY_INPUTS = FEATURES;
export const POLICY_OUTPUTS = PLACES.length;

/** What a policy must know of the drafts and the machine. */
export interface Surroundings {
  readonly drafts: readonly Draft[];
  readonly costs: CostTable;
  /** Kind of every token of the vocabulary, see tokenKinds. */
  readonly kinds: Uint8Array;
}

/**
 * Chooses draft and length by what a network, trained on recorded decoding, thinks of every draft's guesses, against
 * time measured on this machine: the plan with the most E[tokens] − price · E[milliseconds], the price being the rate of
 * tokens a millisecond that decoding reaches (renewal reward; Dinkelbach's method).
 *
 * The network knows nothing of the machine, so one file serves all. The running rate and the clock of passes go on
 * from request to request.
 */
export function trainedPolicy(weights: PolicyWeights, { drafts, costs, kinds }: Surroundings): Policy {
  const network = new Network(weights.network);
  const clock = new PassClock(costs.target);
  const rate = new Rate(START_GAIN, clock.millis(2, 0));
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const survival = new Float64Array(LONGEST);

  const survivalOf = (longest: number): Float64Array => {
    const outputs = network.run();
    let alive = 1;
    for (let place = 0; place < longest; place++) {
      alive *= 1 / (1 + Math.exp(-outputs[GROUP[place]!]!));
      survival[place] = alive;
    }
    return survival.subarray(0, longest);
  };

  return {
    id: 'trained',
    begin(context: RequestContext): Selector {
      const features = new Features(context, kinds);
      let length = context.prompt.length;
      let heard: Evidence[] = [];
      let planned = 0;

      return {
        choose(sessions) {
          heard = listen(sessions, byId, context.language, costs);
          features.writeShared(network.input);
          const price = weights.price * rate.value;
          let best: { plan: Plan; evidence: Evidence } | undefined;
          for (const evidence of heard) {
            if (evidence.tokens?.length === 0) continue;
            features.writeOwn(network.input, evidence, heard);
            const longest = evidence.tokens?.length ?? LONGEST_NEURAL;
            const behind = evidence.tokens ? 0 : sessions.get(evidence.id)!.behind();
            const millis = (tokens: number) =>
              clock.millis(tokens + 1, length) +
              (tokens > 0 && !evidence.tokens ? draftMillis(costs, evidence.id, tokens, behind) : 0);
            const plan = bestPlan(survivalOf(longest), millis, price);
            if (!best || plan.value > best.plan.value) best = { plan, evidence };
          }
          planned = best?.plan.millis ?? clock.millis(1, length);
          return best && best.plan.length > 0 ? choiceOf(best.plan, best.evidence) : undefined;
        },
        observe(outcome: Outcome) {
          features.observe(outcome, heard);
          const expected = clock.millis(outcome.drafted + 1, length);
          clock.observe(outcome.drafted + 1, length, outcome.millis);
          rate.observe(outcome.accepted + 1, planned - expected + outcome.millis);
          length += outcome.committed.length;
        },
      };
    },
  };
}

function choiceOf({ length }: Plan, { id, tokens }: Evidence): Choice {
  return { draft: id, length, tokens };
}

/** The output of the network for a place of a proposal. */
export function placeGroup(place: number): number {
  return GROUP[place]!;
}

function groupOf(place: number): number {
  return PLACES.filter((first) => first <= place).length - 1;
}
