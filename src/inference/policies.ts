import type { Draft } from '../engine/drafts/draft.ts';
import { fixedDraft, noDraft } from '../engine/policy/fixed.ts';
import { newOnlineState, type OnlineState } from '../engine/policy/online.ts';
import { perRequestPolicy } from '../engine/policy/perRequest.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { copyingRule, rule } from '../engine/policy/rule.ts';
import { tokenKinds } from '../engine/policy/tokenKinds.ts';
import { trainedPolicy } from '../engine/policy/trained.ts';
import { unknownDraft } from './draftPool.ts';
import type { Pipeline } from './pipeline.ts';
import type { PolicyFile } from './policyFile.ts';

/** Tokens asked of a single draft when no length is named. */
const FIXED_LENGTH = 5;

/** Policies by name, beside the drafts. `policy` is the standard one. */
const POLICY_NAMES = ['policy', 'trained+online', 'trained', 'rule', 'rule-copying', 'rule-neural', 'none'];

/**
 * A new policy by its name: one of {@link POLICY_NAMES}, a draft id, `fixed:ID`, each draft optionally with a length
 * (`suffix@7`). The rule stands in where no trained policy is there, or a draft it was trained on is missing: not in the
 * pool, or without an n-gram table for the target's vocabulary.
 *
 * @param online what `trained+online` goes on from; it begins anew without it.
 * @throws UserError `unknown-draft`.
 */
export function policyOf(name: string, pipeline: Pipeline, online = newOnlineState()): Policy {
  const policy = policyNamed(name, pipeline, online);
  // Where widths disagree a draft could change the text; the self-test's notice says so.
  return pipeline.selfTest.widthInvariant ? policy : noDraft;
}

function policyNamed(name: string, pipeline: Pipeline, online: OnlineState): Policy {
  if (name === 'none') return noDraft;
  if (name === 'rule') return rule(pipeline.drafts, pipeline.costs);
  if (name === 'rule-copying') return copyingRule(pipeline.drafts);
  if (name === 'rule-neural') return rule(neuralOf(pipeline), pipeline.costs);
  if (name === 'policy' || name === 'trained') return trained(pipeline, undefined);
  if (name === 'trained+online') return trained(pipeline, online);
  const [id = '', length] = name.replace(/^fixed:/, '').split('@');
  const count = length === undefined ? FIXED_LENGTH : Number(length);
  const drafts = [...pipeline.drafts, ...pipeline.draftsByName];
  if (!drafts.some((draft: Draft) => draft.id === id) || !(count >= 1 && count <= 64)) {
    throw unknownDraft(name, [...POLICY_NAMES, ...drafts.map((draft) => draft.id)]);
  }
  return fixedDraft(id, Math.floor(count));
}

/** The drafts that are models. */
function neuralOf({ drafts, costs }: Pipeline): readonly Draft[] {
  return drafts.filter(({ id }) => costs.drafts[id]);
}

function trained(pipeline: Pipeline, online: OnlineState | undefined): Policy {
  const { costs, tokenizer, drafts } = pipeline;
  const policy = usablePolicy(pipeline);
  if (!policy) return rule(drafts, costs);
  const kinds = tokenKinds(tokenizer.vocabulary);
  if (policy.method === 'request') return perRequestPolicy(policy, kinds);
  return trainedPolicy(policy, { drafts, costs, kinds, now: () => performance.now() }, online);
}

/** The trained policy, where every draft is there that it cannot do without. */
export function usablePolicy(
  pipeline: Pick<Pipeline, 'policy' | 'drafts' | 'costs'>,
): PolicyFile | undefined {
  const { policy, drafts } = pipeline;
  if (!policy) return undefined;
  const there = needs(policy, pipeline).every((id) => drafts.some((draft) => draft.id === id));
  return there ? policy : undefined;
}

/** Drafts without which a trained policy is not what it was trained to be. It weighs those that cost time one by one. */
function needs(policy: PolicyFile, { costs }: Pick<Pipeline, 'costs'>): readonly string[] {
  if (policy.method === 'request') return policy.actions.map(({ draft }) => draft);
  const timed = policy.timed ?? [];
  return policy.arms.filter((id) => !costs.drafts[id] && !timed.includes(id));
}
