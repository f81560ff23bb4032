import type { NetworkWeights } from '../../selection/network.ts';
import { SparseNetwork } from '../../selection/sparseNetwork.ts';
import { Rate } from '../../selection/throughput.ts';
import type { Draft, DraftSession } from '../drafts/draft.ts';
import { type CostTable, draftMillis } from './costs.ts';
import { Features } from './features.ts';
import { FEATURES } from './layout.ts';
import { type HeardDraft, Listener } from './listen.ts';
import { OnlineLearner, type OnlineState } from './online.ts';
import { PassClock } from './passClock.ts';
import { OUTPUTS, Planner } from './planner.ts';
import type { Considered, Decision, Policy, RequestContext, RoundOutcome, Selector } from './policy.ts';
import { Rest } from './rest.ts';

/** Tokens that a round is taken to bring before any was seen. */
export const START_GAIN = 1.8;

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
export const POLICY_OUTPUTS = OUTPUTS;

/** What a policy must know of the drafts and the machine. */
export interface Surroundings {
  readonly drafts: readonly Draft[];
  readonly costs: CostTable;
  /** Kind of every token of the vocabulary, see tokenKinds. */
  readonly kinds: Uint8Array;
  /** A clock in milliseconds, by which drafts are left alone where looking at them costs too much; in replay there is none. */
  readonly now?: () => number;
}

/**
 * Chooses draft and length by what a network, trained on recorded decoding, thinks of every draft's guesses, against
 * time measured on this machine: the plan with the most E[tokens] − price · E[milliseconds], the price going with the
 * rate of tokens a millisecond that decoding reaches (renewal reward; Dinkelbach's method).
 *
 * A draft that costs time is heard in steps: its first token where the network thinks that this is worth its time, and more where the
 * plan is to go on with it. What it says is weighed like what copies say, and tells how far a copy can be trusted.
 *
 * The network knows nothing of the machine, so one file serves all. The running rate and the clock of passes go on
 * from request to request.
 *
 * @param online what was learnt on this machine; it goes on learning. Without it the policy stays as it was trained.
 */
export function trainedPolicy(
  weights: PolicyWeights,
  { drafts, costs, kinds, now }: Surroundings,
  online?: OnlineState,
): Policy {
  const clock = new PassClock(costs.target);
  const rate = new Rate(START_GAIN, clock.millis(2, 0));
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const planner = new Planner(SparseNetwork.from(weights.network), clock, costs);
  const learner = online && new OnlineLearner(online, planner, clock);
  // What is learnt needs every round.
  const rest = now && !learner ? { rounds: new Rest(), now } : undefined;
  const shared: Kept = { costs, clock, rate, planner, learner, price: weights.price, rest };
  return {
    id: online ? 'trained+online' : 'trained',
    uses: (id) => byId.has(id) && weights.arms.includes(id),
    begin(context: RequestContext): Selector {
      learner?.begin(context.language);
      const listener = new Listener(byId, context.language, costs);
      return new TrainedSelector(shared, new Features(context, kinds), listener, context.prompt.length);
    },
  };
}

/** What goes on from request to request. */
interface Kept {
  readonly costs: CostTable;
  readonly clock: PassClock;
  readonly rate: Rate;
  readonly planner: Planner;
  readonly learner: OnlineLearner | undefined;
  /** As in the weights. */
  readonly price: number;
  readonly rest: { readonly rounds: Rest; readonly now: () => number } | undefined;
}

/** What a round without a look at the drafts has heard. */
const NOTHING: readonly HeardDraft[] = [];

class TrainedSelector implements Selector {
  private price = 0;
  /** Milliseconds that drafts were listened to in this round. */
  private listened = 0;
  /** Milliseconds that this round's choice took; undefined where drafts were left alone. */
  private looked: number | undefined;

  /** @param length tokens that the target holds. */
  constructor(
    private readonly kept: Kept,
    private readonly features: Features,
    private readonly listener: Listener,
    private length: number,
  ) {}

  choose(sessions: ReadonlyMap<string, DraftSession>): Decision {
    const { planner, rate, price, rest } = this.kept;
    this.listened = 0;
    this.looked = undefined;
    if (rest?.rounds.take()) return undefined;
    const begun = rest?.now() ?? 0;
    this.listener.listen(sessions);
    this.price = price * rate.value;
    planner.look(this.features, this.listener, this.length);
    const decision = this.planned();
    this.looked = (rest?.now() ?? 0) - begun;
    return decision;
  }

  considered(): readonly Considered[] {
    return this.looked === undefined ? [] : this.kept.planner.considered(this.price);
  }

  observe(outcome: RoundOutcome): void {
    const { learner, clock, rate } = this.kept;
    learner?.observe(outcome, this.price);
    this.features.observe(outcome, this.looked === undefined ? NOTHING : this.listener.heard);
    clock.observe(outcome.drafted + 1, this.length, outcome.millis);
    rate.observe(outcome.accepted + 1, this.listened + outcome.millis);
    if (this.looked !== undefined) this.account(outcome, this.looked);
    this.length += outcome.committed.length;
  }

  /** Whether drafts are worth a look is told by what passes usually take: of a single one the time says little. */
  private account({ drafted, accepted }: RoundOutcome, looked: number): void {
    const { clock, rest } = this.kept;
    if (!rest) return;
    const plain = clock.millis(1, this.length);
    const saved = (accepted + 1) * plain - clock.millis(drafted + 1, this.length) - this.listened;
    rest.rounds.observe(saved, looked, plain);
  }

  /** The best plan by what has been heard; where it is worth the time a draft is asked first. */
  private planned(): Decision {
    const { planner, learner, costs } = this.kept;
    const plan = learner ? learner.plan(this.price) : planner.plan(this.price);
    const unheard = planner.question(this.price, plan);
    if (unheard) return this.ask(unheard, 1, planner.hearingMillis(unheard));
    if (!plan) return undefined;
    const { evidence, length } = plan;
    const { id, tokens = [], timed } = evidence;
    if (!timed || length <= tokens.length) return { draft: id, length, tokens };
    return this.ask(evidence, length, draftMillis(costs, id, length - tokens.length, 0));
  }

  private ask(evidence: HeardDraft, limit: number, millis: number): Decision {
    this.listened += millis;
    return {
      ask: evidence.id,
      length: limit,
      decide: (said) => {
        this.listener.hear(evidence, said, limit);
        this.kept.planner.heardMore();
        return this.planned();
      },
    };
  }
}
