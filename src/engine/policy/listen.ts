import { type DraftSession, isInstant } from '../drafts/draft.ts';
import type { CostTable } from './costs.ts';
import { ARM_CLASSES, armClass, type Evidence } from './features.ts';

/** Longest proposal that is considered. */
export const LONGEST = 47;
/** The n-gram table is seldom right for longer, and each token is a look-up. */
const LONGEST_NGRAM = 8;
const NGRAM = ARM_CLASSES.indexOf('ngram');

/** What every draft has to say. Drafts that cost time are not asked for it, only listed. */
export function listen(
  sessions: ReadonlyMap<string, DraftSession>,
  drafts: ReadonlyMap<string, { readonly languages: readonly string[] }>,
  language: string,
  costs: CostTable,
): Evidence[] {
  const heard: Evidence[] = [];
  for (const [id, session] of sessions) {
    const arm = armClass(id, drafts.get(id)?.languages ?? [], language);
    if (!isInstant(session)) {
      // One that costs time to ask and whose time is not known cannot be judged.
      if (costs.drafts[id]) {
        const silent = { match: 0, tokens: undefined, probabilities: undefined };
        heard.push({ id, arm, ...silent, behind: session.behind() });
      }
      continue;
    }
    const said = session.propose(arm === NGRAM ? LONGEST_NGRAM : LONGEST);
    heard.push({
      id,
      arm,
      match: session.matchLength(),
      tokens: said.tokens,
      probabilities: said.probabilities,
      behind: 0,
    });
  }
  return heard;
}
