import type { Draft, DraftSession } from '../drafts/draft.ts';
import { type CostTable, passMillis } from './costs.ts';
import type { Choice, Policy } from './policy.ts';

/** A match this long is trusted over a neural draft. */
const LONG_MATCH = 4;
/** Drafts that copy; of equal matches the first counts. */
const COPYING = ['edit', 'suffix', 'lookup'];
const NGRAM = 'ngram';
/** Tokens that the rule asks of a neural draft a round. */
const NEURAL_LENGTH = 3;
/** Tokens of text that a neural draft has to read for each guess: a prompt of some hundred, and some tens of guesses. */
const TEXT_PER_GUESS = 10;
/**
 * A guess must cost less than this share of a target pass. At usual acceptance a draft at a third of the pass loses and
 * one at a twentieth gains; see `bench/`.
 */
export const WORTHWHILE_COST = 0.12;

/** Time of a guess of a draft as a share of a target pass of two rows, what it has to read for it included. */
export function guessShare({ target, drafts }: CostTable, draft: string): number {
  const times = drafts[draft];
  return times ? (times.token + TEXT_PER_GUESS * times.catchUp) / passMillis(target, 2, 0) : 0;
}

/** {@link rulePolicy} with the drafts whose guesses can be worth their time beside this target on this machine. */
export function worthwhileRule(drafts: readonly Draft[], costs: CostTable): Policy {
  const cheap = drafts.filter(({ id }) => guessShare(costs, id) < WORTHWHILE_COST);
  return rulePolicy(cheap, NEURAL_LENGTH);
}

/**
 * The plain rule that stands where no trained policy is there: copy what has the longest match while that is
 * long, else ask the draft made for the language, else copy a little, else take one guess of the n-gram table.
 *
 * @param neuralLength tokens asked of a neural draft a round; 0 leaves neural drafts out, because on this
 * machine their time would be worth more than their guesses.
 */
export function rulePolicy(drafts: readonly Draft[], neuralLength: number): Policy {
  // Whatever prompt lookup finds the suffix draft finds too, with a longer match.
  const needless = drafts.some(({ id }) => id === 'suffix') ? 'lookup' : undefined;
  return {
    id: 'policy',
    uses: (id) => id !== needless && !id.startsWith('ensemble:'),
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
  let draft = '';
  let match = 0;
  for (const id of COPYING) {
    const length = sessions.get(id)?.matchLength() ?? 0;
    if (length > match) {
      draft = id;
      match = length;
    }
  }
  if (match >= LONG_MATCH || (match > 0 && !home)) return { draft, length: copiedLength(match) };
  if (home) return { draft: home, length: neuralLength };
  // A pass has two rows in any case, so one guess costs nothing.
  return sessions.has(NGRAM) ? { draft: NGRAM, length: 1 } : undefined;
}

/**
 * Tokens to copy after a match of `match` tokens. Odd, so that with the row of the last token the pass is of
 * even width, which costs no more than the odd width below; one token is free, since a pass is two rows.
 */
function copiedLength(match: number): number {
  if (match === 1) return 1;
  if (match < LONG_MATCH) return 3;
  if (match < 2 * LONG_MATCH) return 7;
  return match < 8 * LONG_MATCH ? 11 : 23;
}
