import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { noDraft } from '../engine/policy/fixed.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { rule } from '../engine/policy/rule.ts';
import { UserError } from '../errors.ts';
import type { Pipeline } from '../inference/pipeline.ts';
import { usablePolicy } from '../inference/policies.ts';
import { POLICY_FORMAT, POLICY_VERSION, type PolicyFile } from '../inference/policyFile.ts';
import { seededRandom } from '../measure/statistics.ts';
import { geomean } from './contest.ts';
import { contestantOf, unopenedDrafts } from './contestants.ts';
import { type Log, type LogHeader, type LogRecord, PART, readLog } from './log.ts';
import { type RoundTimes, replay, timesOf } from './replay.ts';
import { epochsFor, trainingSteps } from './train.ts';
import type { TunePlan } from './tunePlan.ts';
import { recordWithin } from './tuneRecords.ts';

/** Share of the time that goes into recording; training takes less, and is ended early where it would not. */
const RECORDING = 0.6;
/** Requests without which nothing can be trained, and nothing compared. */
const LEAST = { training: 8, held: 3 };
const EPOCHS = 8;
/** Between two looks at the signal, in milliseconds. */
const BREATH = 30;

export interface TuneOptions {
  /** All the time that there is, in milliseconds. */
  readonly millis: number;
  readonly signal: AbortSignal;
  /** What the model is known by, for the log. */
  readonly model: string;
  /** Name of the log; what is recorded stands in its part until the tuning is done, and another run goes on from there. */
  readonly log: string;
  /** Told how far it is: a part of the work, and hundredths of it. */
  readonly onProgress: (part: TunePart, percent: number) => void;
}

export type TunePart = 'recording' | 'training' | 'comparing';

/** What tuning came to. */
export interface TuneResult {
  /** The policy that was trained, where it is better than the one before on what was held out; else that one stays. */
  readonly policy: PolicyFile | undefined;
  /** Requests that were recorded, those held out among them, and the positions in them: the rounds of plain decoding. */
  readonly requests: number;
  readonly held: number;
  readonly rounds: number;
  /** Plain decoding's time over that with the policy, in replay of what was held out: the geometric mean over requests. */
  readonly before: number;
  readonly after: number;
}

/**
 * Train a policy of a model's own: record what the drafts guess in requests of the user's files, go on from the policy that is
 * there, and compare the two on requests that were held out.
 * @throws UserError `not-invariant`, `no-sources` or `tune-too-few`; the signal's reason once it is aborted, what was recorded is
 * kept then.
 */
export async function tune(pipeline: Pipeline, plan: TunePlan, options: TuneOptions): Promise<TuneResult> {
  const begun = performance.now();
  const { signal, onProgress } = options;
  if (!pipeline.selfTest.widthInvariant) {
    throw new UserError(
      'not-invariant',
      `${pipeline.loaded.notices.join(' ')} There is nothing to choose, so nothing to tune.`,
    );
  }
  const drafting = narrowed(pipeline);
  const enough = begun + RECORDING * options.millis;
  await recordWithin(drafting, plan, { ...options, until: enough });
  const part = `${options.log}${PART}`;
  const log = existsSync(part) ? await readLog(part).catch(emptied) : undefined;
  const { training, held } = splitOf(log, plan);
  if (!log || training.length < LEAST.training || held.length < LEAST.held) {
    throw new UserError(
      'tune-too-few',
      `${training.length + held.length} requests are recorded, which is too few to learn from. Give it more time or larger folders: ` +
        'what is recorded is kept.',
    );
  }
  const { header } = log;
  const times = timesOf(header);
  onProgress('training', 0);
  const policy = await trained(training, header, times, drafting, {
    ...options,
    until: begun + options.millis,
  });
  const rounds = log.records.reduce((sum, { kinds }) => sum + kinds.length, 0);
  const start = usablePolicy(drafting);
  const used = start ? policyIn(start, header, times) : rule(unopenedDrafts(header), times.costs);
  const before = await gainOf(held, used, times, signal);
  onProgress('comparing', 50);
  const after = await gainOf(held, policyIn(policy, header, times), times, signal);
  onProgress('comparing', 100);
  await rm(part, { force: true });
  return {
    policy: after > before ? policy : undefined,
    ...{ requests: log.records.length, held: held.length, rounds, before, after },
  };
}

/** A pipeline with the drafts that the policy to go on from knows, and those that cost time: hearing more gains little. */
function narrowed(pipeline: Pipeline): Pipeline {
  const start = usablePolicy(pipeline);
  if (start?.method !== 'round') return pipeline;
  const known = ({ id }: { readonly id: string }) =>
    start.arms.includes(id) || pipeline.costs.drafts[id] !== undefined;
  return { ...pipeline, drafts: pipeline.drafts.filter(known) };
}

/** No request recorded is no failure here: it is told with what to do. */
function emptied(error: unknown): undefined {
  if (error instanceof UserError && error.reason === 'log-empty') return undefined;
  throw error;
}

function splitOf(log: Log | undefined, { heldOut }: TunePlan) {
  const records = log?.records ?? [];
  return {
    training: records.filter(({ id }) => !heldOut(id)),
    held: records.filter(({ id }) => heldOut(id)),
  };
}

async function trained(
  records: readonly LogRecord[],
  header: LogHeader,
  times: RoundTimes,
  pipeline: Pipeline,
  { signal, model, until, onProgress }: TuneOptions & { readonly until: number },
): Promise<PolicyFile> {
  const start = usablePolicy(pipeline);
  const network = start?.method === 'round' ? start.network : undefined;
  const epochs = network ? EPOCHS : epochsFor(records.length, EPOCHS);
  // A draft that costs time is asked from the second turn on: what comes of it is learnt in the third.
  const turns = header.arms.some(({ id }) => header.costs.drafts[id]) ? 3 : 2;
  const steps = trainingSteps(records, header, times, {
    ...{ turns, epochs, hidden: [32, 32], random: seededRandom(1) },
    ...(network ? { start: network } : {}),
    enough: () => performance.now() >= until,
    onEpoch: (turn, epoch) => onProgress('training', (100 * (turn * epochs + epoch + 1)) / (turns * epochs)),
  });
  const weights = await stepByStep(steps, signal);
  return {
    ...{ format: POLICY_FORMAT, version: POLICY_VERSION, method: 'round' },
    trainedOn: { requests: records.length, model },
    ...weights,
    timed: weights.arms.filter((id) => header.costs.drafts[id]),
  };
}

function policyIn(file: PolicyFile, header: LogHeader, times: RoundTimes): Policy {
  return contestantOf('policy', file, { header, times }).make(0);
}

async function gainOf(
  records: readonly LogRecord[],
  policy: Policy,
  times: RoundTimes,
  signal: AbortSignal,
): Promise<number> {
  function* gains(): Generator<void, number[]> {
    const all: number[] = [];
    for (const record of records) {
      all.push(replay(record, noDraft, times) / replay(record, policy, times));
      yield;
    }
    return all;
  }
  return geomean(await stepByStep(gains(), signal));
}

/** Do work that computes without waiting, and hear of the signal between its steps. @throws the signal's reason. */
async function stepByStep<T>(steps: Generator<void, T>, signal: AbortSignal): Promise<T> {
  let breathed = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - breathed < BREATH) continue;
    await turn();
    signal.throwIfAborted();
    breathed = performance.now();
  }
}
