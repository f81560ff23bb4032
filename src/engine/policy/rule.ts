import type { Draft, DraftSession } from '../drafts/draft.ts';
import type { Choice, Policy } from './policy.ts';

/** A match this long is trusted over a neural draft. */
const LONG_MATCH = 4;
/** Most tokens copied in one round. */
const MOST_COPIED = 12;

/**
 * The plain rule that stands until a trained policy is there: copy from the suffix draft while its match is
 * long, else ask the draft made for the language.
 *
 * @param neuralLength tokens asked of a neural draft a round; 0 leaves neural drafts out.
 */
export function rulePolicy(drafts: readonly Draft[], neuralLength: number): Policy {
  return {
    id: 'policy',
    begin({ language }) {
      const home = neuralLength > 0 ? drafts.find((draft) => draft.languages.includes(language)) : undefined;
      return { choose: (sessions) => choose(sessions, home?.id, neuralLength), observe: () => undefined };
    },
  };
}

function choose(
  sessions: ReadonlyMap<string, DraftSession>,
  home: string | undefined,
  neuralLength: number,
): Choice | undefined {
  const suffix = sessions.get('suffix');
  const match = suffix?.matchLength() ?? 0;
  if (match >= LONG_MATCH) return { draft: 'suffix', length: Math.min(MOST_COPIED, match) };
  if (home) return { draft: home, length: neuralLength };
  if (match > 0) return { draft: 'suffix', length: match };
  return sessions.has('lookup') ? { draft: 'lookup', length: 2 } : undefined;
}
