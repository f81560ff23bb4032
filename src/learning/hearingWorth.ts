import type { DraftSession, Proposal } from '../engine/drafts/draft.ts';
import { draftMillis } from '../engine/policy/costs.ts';
import type { Features } from '../engine/policy/features.ts';
import { FEATURES } from '../engine/policy/layout.ts';
import type { HeardDraft, Listener } from '../engine/policy/listen.ts';
import { PassClock } from '../engine/policy/passClock.ts';
import { Planner, type RoundPlan } from '../engine/policy/planner.ts';
import { type PolicyWeights, START_GAIN } from '../engine/policy/trained.ts';
import { SparseNetwork } from '../selection/sparseNetwork.ts';
import { SparseRow } from '../selection/sparseRow.ts';
import { Rate } from '../selection/throughput.ts';
import type { LogRecord } from './log.ts';
import type { RoundTimes } from './replay.ts';

/** What it was worth to hear a draft in a round, and the numbers that the network has for it before. */
export interface HearingWorth {
  readonly own: SparseRow;
  /** Tokens: of the round with it less the round without, the time of both paid, that of its first token not. */
  readonly tokens: number;
}

/** Something that a replayed draft answers at once. */
type Answering = DraftSession & { propose(limit: number): Proposal };

/**
 * Says of recorded rounds what hearing a draft that costs time would have brought: the path tells what the plan with it and the
 * plan without it came to, so the worth of the question is known for every round, asked or not.
 */
export class HearingJudge {
  private readonly clock: PassClock;
  private readonly planner: Planner;
  private readonly rate: Rate;

  constructor(
    private readonly weights: PolicyWeights,
    private readonly times: RoundTimes,
  ) {
    this.clock = new PassClock(times.costs.target);
    this.planner = new Planner(SparseNetwork.from(weights.network), this.clock, times.costs);
    this.rate = new Rate(START_GAIN, this.clock.millis(2, 0));
  }

  /** Take over a round: what it brought, and its milliseconds. */
  observe(gain: number, millis: number): void {
    this.rate.observe(gain, millis);
  }

  /** The worth of hearing `spoken` at a position; undefined where it has nothing to say. What it said is forgotten again. */
  worth(
    heard: { readonly listener: Listener; readonly features: Features },
    spoken: HeardDraft,
    session: Answering,
    record: LogRecord,
    at: number,
  ): HearingWorth {
    const { planner } = this;
    const { listener, features } = heard;
    const price = this.weights.price * this.rate.value;
    const context = record.promptLength + at;
    planner.look(features, listener, context);
    const without = planner.plan(price);
    const own = new SparseRow(FEATURES);
    const numbers = planner.unspoken(spoken, without);
    for (let i = 0; i < numbers.length; i++) own.set(numbers.places[i]!, numbers.values[i]!);
    const before = this.value(without, record, at, price);
    let more = 0;
    let asked = 1;
    let plan: RoundPlan | undefined;
    while (true) {
      listener.hear(spoken, session.propose(asked), asked);
      planner.heardMore();
      plan = planner.plan(price);
      const said = plan?.evidence.tokens?.length ?? 0;
      if (!plan || plan.length <= said) break;
      more += draftMillis(this.times.costs, spoken.id, plan.length - said, 0);
      asked = plan.length;
    }
    const after = this.value(plan, record, at, price) - price * more;
    listener.forget(spoken);
    return { own: own.copy(), tokens: after - before };
  }

  /** What a plan came to, its pass paid. */
  private value(plan: RoundPlan | undefined, record: LogRecord, at: number, price: number): number {
    const length = plan?.length ?? 0;
    const right = plan ? record.arms[plan.evidence.id]!.right[at]! : 0;
    return 1 + Math.min(length, right) - price * this.clock.millis(length + 1, record.promptLength + at);
  }
}
