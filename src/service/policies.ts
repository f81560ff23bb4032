import type { Draft } from '../engine/drafts/draft.ts';
import { fixedDraft, noDraft } from '../engine/policy/fixed.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { rulePolicy } from '../engine/policy/rule.ts';
import type { Assistant } from './assistant.ts';
import { unknownDraft } from './assistant.ts';

/** Tokens asked of a single draft when no length is named. */
const FIXED_LENGTH = 5;

/** Tokens the rule asks of a neural draft a round. */
const NEURAL_LENGTH = 3;

/**
 * A guessed token must cost less than this share of a target pass. At usual acceptance a draft at a third of
 * the pass loses and one at a twentieth gains; see `bench/`.
 */
const WORTHWHILE_COST = 0.12;

/**
 * The policy of a name: `policy` or `rule`, `none`, a draft id, `fixed:ID`, each draft optionally with a
 * length (`suffix@7`).
 * @throws UserError `unknown-draft`.
 */
export function policyOf(name: string, assistant: Assistant): Policy {
  if (name === 'none' || !assistant.selfTest.widthInvariant) return noDraft;
  if (name === 'policy' || name === 'rule') return rulePolicy(worthwhile(assistant), NEURAL_LENGTH);
  const [id = '', length] = name.replace(/^fixed:/, '').split('@');
  const count = length === undefined ? FIXED_LENGTH : Number(length);
  if (!assistant.drafts.some((draft: Draft) => draft.id === id) || !(count >= 1 && count <= 64)) {
    throw unknownDraft(name, ['policy', 'none', ...assistant.drafts.map((draft) => draft.id)]);
  }
  return fixedDraft(id, Math.floor(count));
}

/** The drafts whose guesses can be worth their time beside this target on this machine. */
function worthwhile({ drafts, facts, passMillis }: Assistant): readonly Draft[] {
  return drafts.filter((_, i) => facts[i]!.tokenMillis < WORTHWHILE_COST * passMillis);
}
