import type { Network } from '../../selection/network.ts';
import { bestPlan } from '../../selection/throughput.ts';
import { type CostTable, draftMillis } from './costs.ts';
import type { Evidence, Features } from './features.ts';
import { LONGEST } from './listen.ts';
import type { PassClock } from './passClock.ts';

/** First place of each group of places that share an output of the network: chance that a guess there is right. */
export const PLACES = [0, 1, 2, 3, 4, 6, 9, 13, 18, 25];
const GROUP = Uint8Array.from({ length: LONGEST }, (_, place) => groupOf(place));
/** Tokens asked of a neural draft at most: each costs time, and few are accepted in a row. */
export const LONGEST_NEURAL = 8;

/** What to do in a round. */
export interface RoundPlan {
  readonly evidence: Evidence;
  /** Tokens to draft (≥ 1). */
  readonly length: number;
  readonly millis: number;
}

/** A correction of the network's logits for a draft, at a group of places. */
export type Shift = (evidence: Evidence, group: number) => number;

const NO_SHIFT: Shift = () => 0;

/** The output of the network for a place of a proposal. */
export function placeGroup(place: number): number {
  return GROUP[place]!;
}

/** Weighs the drafts of a round. What it was shown last is kept, so that several corrections can be tried on it. */
export class Planner {
  private evidence: readonly Evidence[] = [];
  private context = 0;
  /** The network's outputs for each draft that has something to say. */
  private logits: Float64Array[] = [];
  private readonly survival = new Float64Array(LONGEST);

  constructor(
    private readonly network: Network,
    private readonly clock: PassClock,
    private readonly costs: CostTable,
  ) {}

  /** What the drafts of the round had to say. */
  get heard(): readonly Evidence[] {
    return this.evidence;
  }

  /** Tokens that the target holds in this round. */
  get held(): number {
    return this.context;
  }

  /** Judge what the drafts have to say after `context` tokens. */
  look(features: Features, heard: readonly Evidence[], context: number): void {
    const { network } = this;
    this.context = context;
    this.evidence = heard.filter(({ tokens }) => tokens?.length !== 0);
    features.writeShared(network.input);
    for (const [i, evidence] of this.evidence.entries()) {
      features.writeOwn(network.input, evidence, heard);
      const outputs = network.run();
      this.logits[i] ??= new Float64Array(outputs.length);
      this.logits[i]!.set(outputs);
    }
  }

  /** The network's logit for a draft of the round, the one at `i` of {@link heard}. */
  logit(i: number, group: number): number {
    return this.logits[i]![group]!;
  }

  /** The plan that is worth most at a price in tokens a millisecond; undefined when that is not to draft. */
  plan(price: number, shift: Shift = NO_SHIFT): RoundPlan | undefined {
    let best: RoundPlan | undefined;
    let bestValue = 1 - price * this.clock.millis(1, this.context);
    for (const [i, evidence] of this.evidence.entries()) {
      const longest = Math.min(LONGEST, evidence.tokens?.length ?? LONGEST_NEURAL);
      const millis = (tokens: number) => this.millis(evidence, tokens);
      const { length, value, millis: time } = bestPlan(this.alive(i, longest, shift), millis, price);
      if (length === 0 || value <= bestValue) continue;
      bestValue = value;
      best = { evidence, length, millis: time };
    }
    return best;
  }

  /** Time of a round that drafts so many tokens of a draft. */
  millis({ id, tokens, behind }: Evidence, length: number): number {
    const pass = this.clock.millis(length + 1, this.context);
    return tokens || length === 0 ? pass : pass + draftMillis(this.costs, id, length, behind);
  }

  /** Chance that the first 1, 2, … guesses are all right. */
  private alive(i: number, longest: number, shift: Shift): Float64Array {
    const logits = this.logits[i]!;
    const evidence = this.evidence[i]!;
    let all = 1;
    let chance = 0;
    for (let place = 0; place < longest; place++) {
      const group = GROUP[place]!;
      if (place === PLACES[group]) chance = 1 / (1 + Math.exp(-logits[group]! - shift(evidence, group)));
      all *= chance;
      this.survival[place] = all;
    }
    return this.survival.subarray(0, longest);
  }
}

function groupOf(place: number): number {
  return PLACES.filter((first) => first <= place).length - 1;
}
