import { isInstant } from '../../src/engine/drafts/draft.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';

/** Among drafts that need no model those come first that copy more of the text. */
const ORDER = ['edit', 'suffix', 'lookup', 'ensemble:stack', 'ngram'];
/** llama.cpp's default for the most tokens of a draft. */
const LENGTH = 16;

/**
 * The rule of llama.cpp's server: drafts stand in a fixed order, those without a model first, and the first that has
 * anything to say is used.
 * @param drafts ids.
 */
export function priorityRule(drafts: readonly string[], length = LENGTH): Policy {
  const rank = (draft: string) => (ORDER.includes(draft) ? ORDER.indexOf(draft) : ORDER.length);
  const order = [...drafts].sort((a, b) => rank(a) - rank(b));
  return {
    id: 'priority',
    begin: () => ({
      choose(sessions) {
        let neural: string | undefined;
        for (const draft of order) {
          const session = sessions.get(draft);
          if (!session) continue;
          if (!isInstant(session)) neural ??= draft;
          else if (session.propose(length).tokens.length > 0) return { draft, length };
        }
        return neural === undefined ? undefined : { draft: neural, length };
      },
      observe: () => undefined,
    }),
  };
}
