import { perRequestPolicy, type RequestWeights } from '../engine/policy/perRequest.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { requestFeatures } from '../engine/policy/requestFeatures.ts';
import { reinforce } from '../selection/reinforce.ts';
import type { Action } from './actions.ts';
import type { LogHeader, LogRecord } from './log.ts';
import { type RoundTimes, requestContextOf, standInKinds } from './replay.ts';

/** How the method of the paper is trained. */
export interface PaperOptions {
  /** Weight of the similarity of outputs; the rest is that of the cost. */
  readonly alpha: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const HIDDEN = 32;
/** Decisions that are taken in training, however few records there are. */
const DECISIONS = 40_000;

/** Whether every record tells what its drafts write alone, which the reward needs. */
export function hasOwnOutputs(records: readonly LogRecord[], drafts: readonly string[]): boolean {
  return records.every(({ own }) => own !== undefined && drafts.every((draft) => own[draft] !== undefined));
}

/**
 * The method of Huang et al., «Context-Aware Assistant Selection for Improved Inference Acceleration with Large Language
 * Models» (2024): one draft a request, chosen by a softmax policy that REINFORCE has trained on logged rewards
 * α · ROUGE-L(the draft's own output, the target's) + (1 − α) · (1 − size of the draft / size of the largest).
 *
 * It does not choose a length, so each draft works at the one given for it. The context is what is known of a request
 * here (requestFeatures) in place of an encoder's embedding of the prompt.
 *
 * @param actions one for each draft.
 */
export function trainPaper(
  records: readonly LogRecord[],
  header: LogHeader,
  times: RoundTimes,
  actions: readonly Action[],
  { alpha, random }: PaperOptions,
): RequestWeights {
  const sizes = draftSizes(header, times, actions);
  const largest = Math.max(...sizes, Number.MIN_VALUE);
  const languages = [...new Set(records.map(({ language }) => language))].sort();
  const features = requestFeatures(languages, standInKinds);
  const decisions = records.map((record) => ({
    context: features.of(requestContextOf(record)),
    rewards: actions.map(
      ({ draft }, arm) => alpha * (record.own?.[draft] ?? 0) + (1 - alpha) * (1 - sizes[arm]! / largest),
    ),
  }));
  const epochs = Math.ceil(DECISIONS / Math.max(1, decisions.length));
  const policy = reinforce(decisions, { hidden: HIDDEN, epochs, random });
  return { actions, languages, network: policy.toWeights() };
}

/** What {@link trainPaper} leaves behind, at work on recorded requests. */
export function paperPolicy(...given: Parameters<typeof trainPaper>): Policy {
  return { ...perRequestPolicy(trainPaper(...given), standInKinds), id: `paper α=${given[4].alpha}` };
}

/** Parameters of each draft where all neural ones are told in the log, else their time for a token; 0 for copies. */
function draftSizes({ arms }: LogHeader, { costs }: RoundTimes, actions: readonly Action[]): number[] {
  const neural = arms.filter(({ id }) => costs.drafts[id]);
  const told = neural.every(({ parameters }) => parameters !== undefined);
  return actions.map(({ draft }) => {
    const millis = costs.drafts[draft]?.token ?? 0;
    return told && millis > 0 ? arms.find(({ id }) => id === draft)!.parameters! : millis;
  });
}
