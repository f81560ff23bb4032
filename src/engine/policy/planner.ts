import type { SparseNetwork } from '../../selection/sparseNetwork.ts';
import { SparseRow } from '../../selection/sparseRow.ts';
import { bestLength } from '../../selection/throughput.ts';
import { behindInRound, type CostTable, draftMillis } from './costs.ts';
import type { Beside, Features } from './features.ts';
import { FEATURES, SHARED } from './layout.ts';
import { type HeardDraft, type Listener, LONGEST, LONGEST_NEURAL } from './listen.ts';
import type { PassClock } from './passClock.ts';
import type { Considered } from './policy.ts';

/** First place of each group of places that share an output of the network: chance that a guess there is right. */
export const GUESS_PLACES = [0, 1, 2, 3, 4, 6, 9, 13, 18, 25];
const GROUP = Uint8Array.from({ length: LONGEST }, (_, place) => groupOf(place));
/** Output of the network for a draft that costs time and has not spoken: tokens that it is worth to hear it. */
export const HEARING = GUESS_PLACES.length;
/** Outputs of the network. */
export const OUTPUTS = GUESS_PLACES.length + 1;

/** What to do in a round. */
export interface RoundPlan {
  readonly evidence: HeardDraft;
  /** Tokens to draft (≥ 1); more than the draft has said where it costs time to hear more. */
  readonly length: number;
  /** Tokens that the round is expected to bring, the target's own included. */
  readonly gain: number;
  readonly millis: number;
}

/** A correction of the network's logits for a draft, at a group of places. */
export type Shift = (evidence: HeardDraft, group: number) => number;

/** The output of the network for a place of a proposal. */
export function placeGroup(place: number): number {
  return GROUP[place]!;
}

/** Weighs the drafts of a round. What it was shown last is kept, so that several corrections can be tried on it. */
export class Planner {
  private listener: Listener | undefined;
  private features: Features | undefined;
  private context = 0;
  private readonly shared = new SparseRow(SHARED);
  private readonly own = new SparseRow(FEATURES);
  /** The network's outputs for each draft, by slot, and whether they are those of this round. */
  private readonly logits: Float64Array[] = [];
  private readonly judged: boolean[] = [];
  /** Milliseconds of a pass that verifies so many guesses, in this round. */
  private readonly passes = new Float64Array(LONGEST + 1);
  /** For one draft: tokens expected, and milliseconds, of a round of each length. */
  private readonly gains = new Float64Array(LONGEST + 1);
  private readonly times = new Float64Array(LONGEST + 1);

  constructor(
    private readonly network: SparseNetwork,
    private readonly clock: PassClock,
    private readonly costs: CostTable,
  ) {}

  /** What the drafts of the round had to say, by slot. */
  get heard(): readonly HeardDraft[] {
    return this.listener?.heard ?? [];
  }

  /** Tokens that the target holds in this round. */
  get held(): number {
    return this.context;
  }

  /** Take over what a listener has heard after `context` tokens. */
  look(features: Features, listener: Listener, context: number): void {
    this.features = features;
    this.listener = listener;
    this.context = context;
    this.judged.fill(false);
    this.clock.fill(this.passes, context);
    features.writeShared(this.shared);
    this.network.begin(this.shared);
  }

  /** The network's logit for a draft of the round that has something to say. */
  logit(slot: number, group: number): number {
    return this.logitsOf(slot)[group]!;
  }

  /** A draft that costs time has spoken: what all say is judged anew. */
  heardMore(): void {
    this.judged.fill(false);
  }

  /**
   * The draft that costs time and is worth most to be heard, by the network's mind, when its time is paid; undefined where none is
   * worth it, or one has spoken already.
   * @param plan the best without it.
   */
  question(price: number, plan: RoundPlan | undefined): HeardDraft | undefined {
    const { heard } = this;
    if (heard.some(({ timed, tokens }) => timed && tokens)) return undefined;
    let most = 0;
    let chosen: HeardDraft | undefined;
    for (const evidence of heard) {
      if (!evidence.timed) continue;
      const worth = this.worthHearing(evidence, plan) - price * this.hearingMillis(evidence);
      if (worth <= most) continue;
      most = worth;
      chosen = evidence;
    }
    return chosen;
  }

  /** Numbers of a draft that has not spoken yet, for training. */
  unspoken(evidence: HeardDraft, plan: RoundPlan | undefined): SparseRow {
    this.features!.writeOwn(this.own, evidence, this.heard, this.besideOf(plan));
    return this.own;
  }

  /** Milliseconds until a draft that costs time has said its first token. */
  hearingMillis({ id, behind }: HeardDraft): number {
    return draftMillis(this.costs, id, 1, behindInRound(behind));
  }

  private worthHearing(evidence: HeardDraft, plan: RoundPlan | undefined): number {
    return this.network.run(this.unspoken(evidence, plan))[HEARING] ?? 0;
  }

  private besideOf(plan: RoundPlan | undefined): Beside {
    if (!plan) return { gain: 1, chance: 0 };
    return { gain: plan.gain, chance: 1 / (1 + Math.exp(-this.logit(plan.evidence.slot, 0))) };
  }

  /** Every draft of the round at its best length. It weighs all anew, which choosing need not. */
  considered(price: number): Considered[] {
    return this.heard.map((evidence) => {
      const { id: draft, match } = evidence;
      if (!evidence.tokens)
        return { draft, match, length: 0, gain: undefined, millis: this.hearingMillis(evidence) };
      const length = this.lengthWorthMore(evidence, price, Number.NEGATIVE_INFINITY, undefined);
      const gain = length > 0 ? this.gains[length]! : 1;
      return { draft, match, length, gain, millis: length > 0 ? this.times[length]! : this.passes[0]! };
    });
  }

  /** The plan that is worth most at a price in tokens a millisecond; undefined when that is not to draft. */
  plan(price: number, shift?: Shift): RoundPlan | undefined {
    const { heard, passes } = this;
    let chosen: HeardDraft | undefined;
    let bestLengthSoFar = 0;
    let millis = passes[0]!;
    let gain = 1;
    let most = 1 - price * passes[0]!;
    for (let slot = 0; slot < heard.length; slot++) {
      const evidence = heard[slot]!;
      const length = this.lengthWorthMore(evidence, price, most, shift);
      if (length === 0) continue;
      most = this.gains[length]! - price * this.times[length]!;
      millis = this.times[length]!;
      gain = this.gains[length]!;
      bestLengthSoFar = length;
      chosen = evidence;
    }
    return chosen && { evidence: chosen, length: bestLengthSoFar, gain, millis };
  }

  /** The length at which a draft is worth most, where that is more than `most`; else 0. */
  private lengthWorthMore(
    evidence: HeardDraft,
    price: number,
    most: number,
    shift: Shift | undefined,
  ): number {
    const { gains, times } = this;
    const said = evidence.tokens?.length ?? 0;
    if (said === 0) return 0;
    // Even if all that it says were right: it cannot be worth more than the plan so far.
    if (!evidence.more && 1 + said - price * this.passes[1]! <= most) return 0;
    const furthest = evidence.timed ? LONGEST_NEURAL : LONGEST;
    const longest = evidence.more ? furthest : Math.min(LONGEST, said);
    this.weigh(evidence, longest, shift);
    let length = bestLength(gains, times, longest, price);
    if (!evidence.timed && length > said && gains[length]! - price * times[length]! > most) {
      // It is worth asking for more; it may have less to say than was hoped for.
      this.listener!.extend(evidence, length);
      length = bestLength(gains, times, Math.min(length, evidence.tokens!.length), price);
    }
    return length > 0 && gains[length]! - price * times[length]! > most ? length : 0;
  }

  /** Write tokens expected and time of a round of each length of a draft. */
  private weigh(evidence: HeardDraft, longest: number, shift: Shift | undefined): void {
    const { gains, times, passes } = this;
    const logits = this.logitsOf(evidence.slot);
    const said = evidence.tokens?.length ?? 0;
    let alive = 1;
    let chance = 0;
    gains[0] = 1;
    times[0] = passes[0]!;
    for (let place = 0; place < longest; place++) {
      const group = GROUP[place]!;
      if (place === GUESS_PLACES[group]) {
        const logit = logits[group]! + (shift ? shift(evidence, group) : 0);
        chance = 1 / (1 + Math.exp(-logit));
      }
      alive *= chance;
      const length = place + 1;
      gains[length] = gains[place]! + alive;
      times[length] = passes[length]!;
      if (evidence.timed && length > said)
        times[length]! += draftMillis(this.costs, evidence.id, length - said, 0);
    }
  }

  private logitsOf(slot: number): Float64Array {
    this.logits[slot] ??= new Float64Array(this.network.sizes[this.network.sizes.length - 1]!);
    const logits = this.logits[slot]!;
    if (!this.judged[slot]) {
      this.features!.writeOwn(this.own, this.heard[slot]!, this.heard);
      logits.set(this.network.run(this.own));
      this.judged[slot] = true;
    }
    return logits;
  }
}

function groupOf(place: number): number {
  return GUESS_PLACES.filter((first) => first <= place).length - 1;
}
