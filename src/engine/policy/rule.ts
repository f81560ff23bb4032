import type { Draft, DraftSession } from '../drafts/draft.ts';
import type { Choice, Policy } from './policy.ts';

/** A match this long is trusted over a neural draft. */
const LONG_MATCH = 4;

/**
 * The plain rule that stands until a trained policy is there: copy from the suffix draft while its match is
 * long, else ask the draft made for the language, else copy a little.
 *
 * @param neuralLength tokens asked of a neural draft a round; 0 leaves neural drafts out, because on this
 * machine their time would be worth more than their guesses.
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
  const copying = sessions.has('suffix') ? 'suffix' : 'lookup';
  const match = sessions.get(copying)?.matchLength() ?? 0;
  if (match >= LONG_MATCH || (match > 0 && !home)) return { draft: copying, length: copiedLength(match) };
  return home ? { draft: home, length: neuralLength } : undefined;
}

/**
 * Tokens to copy after a match of `match` tokens. Odd, so that with the row of the last token the pass is of
 * even width, which costs no more than the odd width below; one token is free, since a pass is two rows.
 */
function copiedLength(match: number): number {
  if (match === 1) return 1;
  if (match < LONG_MATCH) return 3;
  return match < 2 * LONG_MATCH ? 7 : 11;
}
