// This folder: records decoding, trains policies on it and compares them in replay.

import type { Draft } from '../engine/drafts/draft.ts';
import { FEATURES } from '../engine/policy/layout.ts';
import { HEARING, OUTPUTS, placeGroup } from '../engine/policy/planner.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { copyingRule } from '../engine/policy/rule.ts';
import { type PolicyWeights, trainedPolicy } from '../engine/policy/trained.ts';
import { AdamSteps } from '../selection/adam.ts';
import type { NetworkWeights } from '../selection/network.ts';
import { shuffle } from '../selection/shuffle.ts';
import { SparseNetwork } from '../selection/sparseNetwork.ts';
import { HearingJudge } from './hearingWorth.ts';
import type { LogHeader, LogRecord } from './log.ts';
import { type RoundTimes, replay, standInKinds } from './replay.ts';
import { sample, type TrainingSample } from './samples.ts';

export interface TrainOptions {
  /** Turns of sampling and training. */
  readonly turns: number;
  readonly epochs: number;
  readonly hidden: readonly number[];
  /** A trained network to go on from; without it training begins anew. */
  readonly start?: NetworkWeights;
  readonly random: () => number;
  /** Asked between two turns whether those that were made suffice, where time is short; none ends early without it. */
  readonly enough?: () => boolean;
  /** Told of the loss of every epoch, in nats a guess. */
  readonly onEpoch?: (turn: number, epoch: number, loss: number) => void;
}

/** With few records all are seen more often, so that the number of steps does not vanish. */
const MOST_EPOCHS = 60;
const ENOUGH_RECORDS = 400;

/** Times that all samples are seen in training on so many records, where `epochs` are right for many. */
export function epochsFor(records: number, epochs: number): number {
  return Math.min(MOST_EPOCHS, Math.max(epochs, Math.round((epochs * ENOUGH_RECORDS) / records)));
}

/** Prices that are tried, as multiples of the rate that is reached; the first turn of sampling goes by the first. */
const PRICES = [1.4, 1, 1.2, 1.6, 1.8, 2.1, 2.5];
const START_PRICE = PRICES[0]!;
/** Records that prices are tried on, about. */
const PRICED = 300;
const BATCH = 64;
/** Weight of what hearing a draft is worth beside the chances. */
const HEARING_SCALE = 0.25;
const RATE = 0.002;
const DECAY = 1e-4;

/**
 * Train the network behind the trained policy on a log: the chance that each guess of each draft is right, given that
 * those before it were. Because losslessness gives the outcome of every draft at every position, this is plain
 * supervised learning with full information, without sampling of actions.
 */
export function trainPolicy(
  records: readonly LogRecord[],
  header: LogHeader,
  times: RoundTimes,
  options: TrainOptions,
): PolicyWeights {
  const steps = trainingSteps(records, header, times, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** What {@link trainPolicy} does, in steps of some milliseconds: between two of them one may let others work, or leave off. */
export function* trainingSteps(
  records: readonly LogRecord[],
  header: LogHeader,
  times: RoundTimes,
  options: TrainOptions,
): Generator<void, PolicyWeights> {
  const network = options.start
    ? SparseNetwork.from(options.start)
    : SparseNetwork.random([FEATURES, ...options.hidden, OUTPUTS], options.random);
  const known = header.arms.filter(({ id }) => !isCovered(id, header.arms));
  const drafts = known.map(({ id, languages }) => ({ id, languages, open: unopened }));
  const arms = drafts.map(({ id }) => id);
  const weights = () => ({ arms, network: network.toWeights(), price: START_PRICE });
  const timed = arms.some((id) => times.costs.drafts[id]);
  let policy: Policy = { ...copyingRule(drafts), uses: (id) => arms.includes(id) };
  for (let turn = 0; turn < options.turns; turn++) {
    if (turn > 0 && options.enough?.()) break;
    const judge = turn > 0 && timed ? new HearingJudge(weights(), times) : undefined;
    const sampling = { arms: header.arms, times, random: options.random, judge };
    const samples: TrainingSample[] = [];
    for (const record of records) {
      samples.push(...sample([record], policy, sampling));
      yield;
    }
    yield* learn(network, samples, options, (epoch, loss) => options.onEpoch?.(turn, epoch, loss));
    policy = trainedPolicy(weights(), { drafts, costs: times.costs, kinds: standInKinds });
  }
  const stride = Math.max(1, Math.floor(records.length / PRICED));
  return yield* bestPriced(
    network,
    records.filter((_, i) => i % stride === 0),
    drafts,
    times,
  );
}

/** Choose the price by which the recorded requests would have been fastest, in the geometric mean over requests. */
function* bestPriced(
  network: SparseNetwork,
  records: readonly LogRecord[],
  drafts: readonly Draft[],
  times: RoundTimes,
): Generator<void, PolicyWeights> {
  const arms = drafts.map(({ id }) => id);
  const priced: { readonly weights: PolicyWeights; readonly millis: number }[] = [];
  for (const price of PRICES) {
    const weights = { arms, network: network.toWeights(), price };
    const policy = trainedPolicy(weights, { drafts, costs: times.costs, kinds: standInKinds });
    let millis = 0;
    for (const record of records) {
      millis += Math.log(replay(record, policy, times));
      yield;
    }
    priced.push({ weights, millis });
  }
  return priced.sort((a, b) => a.millis - b.millis)[0]!.weights;
}

/**
 * Drafts that others make needless: these say the same or more, and every draft that is asked takes time. The members of
 * the stack are not: to choose among all gained 1.3 % in a replay, where hearing is free.
 */
const COVERED: Readonly<Record<string, string>> = { lookup: 'suffix' };

function isCovered(id: string, arms: LogHeader['arms']): boolean {
  const by = COVERED[id];
  return by !== undefined && arms.some((arm) => arm.id === by);
}

function unopened(): never {
  throw new Error('a recorded draft has no model to open');
}

function* learn(
  network: SparseNetwork,
  samples: readonly TrainingSample[],
  { epochs, random }: TrainOptions,
  onEpoch: (epoch: number, loss: number) => void,
): Generator<void, void> {
  const adam = new AdamSteps(network.layers, { rate: RATE, decay: DECAY });
  const count = samples.length;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const gradient = new Float64Array(OUTPUTS);
  const steps = epochs * Math.ceil(count / BATCH);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    let loss = 0;
    let guesses = 0;
    for (let i = 0; i < count; i++) {
      const each = samples[order[i]!]!;
      const { shared, own } = each;
      network.begin(shared);
      const judged = lossOf(network.run(own), each, gradient);
      loss += judged.loss;
      guesses += judged.guesses;
      network.backward(gradient, shared, own, adam.gradients);
      adam.added++;
      if ((i + 1) % BATCH === 0 || i + 1 === count) {
        adam.step(0.5 * (1 + Math.cos((Math.PI * step++) / steps)));
        yield;
      }
    }
    onEpoch(epoch, loss / guesses);
  }
}

/** Loss of a sample in nats, over the guesses that it can judge, and its gradient by the network's outputs. */
function lossOf(
  logits: Float64Array,
  { said, right, hearing }: TrainingSample,
  gradient: Float64Array,
): { readonly loss: number; readonly guesses: number } {
  gradient.fill(0);
  // The worth of a question is no chance: its square is learnt, on the scale of the others.
  if (hearing !== undefined) gradient[HEARING] = HEARING_SCALE * (logits[HEARING]! - hearing);
  let loss = 0;
  // The first wrong guess is the last that was judged.
  const guesses = Math.min(said, right + 1);
  for (let place = 0; place < guesses; place++) {
    const group = placeGroup(place);
    const chance = 1 / (1 + Math.exp(-logits[group]!));
    const truth = place < right ? 1 : 0;
    gradient[group]! += chance - truth;
    loss -= Math.log(Math.max(1e-9, truth ? chance : 1 - chance));
  }
  return { loss, guesses };
}
