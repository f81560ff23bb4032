import { FixedShareHedge } from '../../selection/hedge.ts';
import { ARM_CLASSES, LANGUAGE_CLASSES, languageClass } from './armClasses.ts';
import { agreement } from './features.ts';
import type { HeardDraft } from './listen.ts';
import type { PassClock } from './passClock.ts';
import { type Planner, placeGroup, type RoundPlan, type Shift } from './planner.ts';
import type { RoundOutcome } from './policy.ts';

/**
 * What is learnt while decoding: numbers only, never text. `shifts` correct the trained chances by draft, length of the
 * match and place; `weights` say how far each expert is trusted; `worth` says how much is learnt from a group of languages,
 * by what the user thinks of its suggestions.
 */
export interface OnlineState {
  readonly shifts: Float64Array;
  readonly weights: Float64Array;
  readonly worth: Float64Array;
}

/** Matches are told apart up to the first of these that is not smaller. */
const MATCHES = [0, 1, 2, 5, 16];
/** A first guess and later ones are corrected apart. */
const PARTS = 2;
const CELLS = ARM_CLASSES.length * (MATCHES.length + 1) * PARTS;
/** How much a guess moves a shift, and how far it can go. */
const STEP = 0.03;
const MOST = 2;

/** The trained policy, the trained policy with what was learnt here, and no draft at all. */
const EXPERTS = 3;
const PRIOR = [0.75, 0.2, 0.05];
const HEDGE = { rate: 0.3, share: 0.002 };
/** Values of a round, in tokens after its time is paid, lie within this of 0; losses are scaled by it. */
const SCALE = 8;

/** Nothing learnt yet. */
export function newOnlineState(): OnlineState {
  const worth = new Float64Array(LANGUAGE_CLASSES).fill(1);
  return { shifts: new Float64Array(CELLS), weights: Float64Array.from(PRIOR), worth };
}

/** Whether numbers from a file or a message can be a state. */
export function isOnlineState({ shifts, weights, worth }: Numbers): boolean {
  const fits = shifts.length === CELLS && weights.length === EXPERTS && worth.length === LANGUAGE_CLASSES;
  return (
    fits &&
    worth.every((each) => each >= LEAST_WORTH && each <= MOST_WORTH) &&
    shifts.every((each) => Math.abs(each) <= MOST) &&
    weights.every((each) => each >= 0 && each <= 1) &&
    weights.some((each) => each > 0)
  );
}

/** A state as plain numbers. */
export type Numbers = { readonly [K in keyof OnlineState]: readonly number[] };

/** A verdict moves the worth of a group of languages by this factor, within these bounds. */
const VERDICT = 1.1;
const LEAST_WORTH = 0.25;
const MOST_WORTH = 4;

/**
 * Take over what the user thinks of a suggestion: more is learnt where suggestions are worth having. It cannot change what
 * is suggested, only how soon the choice of drafts follows what is seen in a language.
 */
export function takeVerdict({ worth }: OnlineState, language: string, good: boolean): void {
  const group = languageClass(language);
  const moved = worth[group]! * (good ? VERDICT : 1 / VERDICT);
  worth[group] = Math.max(LEAST_WORTH, Math.min(MOST_WORTH, moved));
}

/** A round whose plans are judged once enough of the text behind it is known. */
interface OpenRound {
  readonly plans: readonly (RoundPlan | undefined)[];
  readonly asked: RoundOutcome;
  readonly price: number;
  readonly plainMillis: number;
  /** Tokens of the request before it. */
  readonly from: number;
}

/**
 * Learns on top of the trained policy with full information: the committed text tells for every draft that has spoken
 * how many of its guesses were right, whichever was asked. Fixed-share Hedge over experts, of which the trained policy
 * is one, keeps the loss in the long run within a little of the best of them. A plan that goes further than the round
 * did is judged by the rounds that follow: else the leading one would never be shown what a longer draft would have brought.
 */
export class OnlineLearner {
  private readonly hedge: FixedShareHedge;
  private readonly shift: Shift;
  private readonly plans: (RoundPlan | undefined)[] = [];
  /** Tokens of the request, and its rounds that are not judged yet, the oldest first. */
  private text: number[] = [];
  private open: OpenRound[] = [];
  private step = STEP;
  private readonly losses = new Float64Array(EXPERTS);
  private readonly awake = new Float64Array(EXPERTS);

  constructor(
    private readonly state: OnlineState,
    private readonly planner: Planner,
    private readonly clock: PassClock,
  ) {
    this.hedge = new FixedShareHedge(EXPERTS, { ...HEDGE, prior: state.weights });
    this.shift = (evidence, group) => state.shifts[cellOf(evidence, group)]!;
  }

  /** A request begins: what is not judged yet will never be. */
  begin(language: string): void {
    this.step = STEP * this.state.worth[languageClass(language)]!;
    for (const round of this.open) this.judge(round);
    this.text = [];
    this.open = [];
  }

  /** The plan of the expert that is trusted most. */
  plan(price: number): RoundPlan | undefined {
    const { plans, planner } = this;
    const { weights } = this.hedge;
    plans[0] = planner.plan(price);
    plans[1] = planner.plan(price, this.shift);
    plans[2] = undefined;
    let leader = 0;
    for (let i = 1; i < EXPERTS; i++) if (weights[i]! > weights[leader]!) leader = i;
    return plans[leader];
  }

  /** Take over a round: every expert is told what its own plan would have brought. */
  observe(outcome: RoundOutcome, price: number): void {
    const { committed, draft, accepted, drafted } = outcome;
    const { text, open, planner } = this;
    const plainMillis = this.clock.millis(1, planner.held);
    // What was heard is overwritten in the next round, but may be judged later.
    const kept = this.plans.map((plan) => plan && { ...plan, evidence: { ...plan.evidence } });
    open.push({ plans: kept, asked: outcome, price, plainMillis, from: text.length });
    text.push(...committed);
    while (open[0]?.plans.every((plan) => this.known(plan, open[0]!))) this.judge(open.shift()!);
    for (const evidence of planner.heard) {
      if (evidence.tokens?.length === 0) continue;
      const right = rightOf(evidence, committed, draft, drafted, accepted);
      if (right !== undefined) this.learn(evidence, right, committed.length, drafted);
    }
  }

  /** Whether it is known what a plan would have brought, or will never be. */
  private known(plan: RoundPlan | undefined, { from }: OpenRound): boolean {
    const { text } = this;
    const { tokens } = plan?.evidence ?? {};
    if (!plan || !tokens || text.length - from >= plan.length) return true;
    return agreement(tokens, text.slice(from)) < text.length - from;
  }

  /** Tell every expert what its plan would have brought; one of which that is not known keeps its standing. */
  private judge(round: OpenRound): void {
    const { plans, asked, price, plainMillis, from } = round;
    const { draft, drafted, accepted } = asked;
    for (const [i, plan] of plans.entries()) {
      const right = plan ? rightOf(plan.evidence, this.text.slice(from), draft, drafted, accepted) : 0;
      this.awake[i] = right === undefined || !this.known(plan, round) ? 0 : 1;
      if (right === undefined) continue;
      const value = 1 + Math.min(plan?.length ?? 0, right) - price * (plan?.millis ?? plainMillis);
      this.losses[i] = 0.5 - Math.max(-1, Math.min(1, value / SCALE)) / 2;
    }
    this.hedge.update(this.losses, this.awake);
    this.state.weights.set(this.hedge.weights);
  }

  /** Move the shifts of the guesses that can be judged. */
  private learn(evidence: HeardDraft, right: number, committed: number, drafted: number): void {
    const { shifts } = this.state;
    const said = evidence.tokens?.length ?? drafted;
    for (let place = 0; place < Math.min(said, right + 1, committed); place++) {
      const group = placeGroup(place);
      const cell = cellOf(evidence, group);
      const chance = 1 / (1 + Math.exp(-this.planner.logit(evidence.slot, group) - shifts[cell]!));
      const moved = shifts[cell]! + this.step * ((place < right ? 1 : 0) - chance);
      shifts[cell] = Math.max(-MOST, Math.min(MOST, moved));
    }
  }
}

/** How many guesses of a draft were right; undefined when that is not known, because it was not asked. */
function rightOf(
  { id, tokens }: HeardDraft,
  committed: readonly number[],
  draft: string | undefined,
  drafted: number,
  accepted: number,
): number | undefined {
  if (tokens) return agreement(tokens, committed);
  return id === draft && drafted > 0 ? accepted : undefined;
}

function cellOf({ arm, match }: HeardDraft, group: number): number {
  let length = 0;
  while (length < MATCHES.length && match > MATCHES[length]!) length++;
  return (arm * (MATCHES.length + 1) + length) * PARTS + (group === 0 ? 0 : 1);
}
