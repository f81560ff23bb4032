import type { Draft, DraftSession } from '../drafts/draft.ts';
import { behindInRound, type CostTable, draftMillis, passMillis } from './costs.ts';
import { LONGEST_NEURAL } from './listen.ts';
import { PassClock } from './passClock.ts';
import type { Choice, Decision, Policy, Question, RoundOutcome, Selector } from './policy.ts';
import { RunningMeans, type Yield } from './runningMeans.ts';

/** A match this long is copied without asking a neural draft. */
export const LONG_MATCH = 8;
/** Drafts that copy; of equal matches the first counts. */
export const COPYING = ['edit', 'suffix', 'lookup'];
const NGRAM = 'ngram';
/** Tokens of text that a neural draft has to read for each guess: a prompt of some hundred, and some tens of guesses. */
const TEXT_PER_GUESS = 10;
/** A guess that costs more than this share of a target pass is worth its time nowhere; see `bench/`. */
export const WORTHWHILE_COST = 0.5;
/**
 * What drafts were seen to bring in recorded decoding of a target of 135 M parameters with a draft of 8 M (`bench/results/yields.json`), by
 * the length of the match (the last: 4 to 7): a copy alone, and the model's guess with the copy held beside it. Then a guess of the table.
 */
const COPY_YIELD: readonly Yield[] = [
  { drafted: 0, accepted: 0 },
  { drafted: 1, accepted: 0.21 },
  { drafted: 3, accepted: 1.0 },
  { drafted: 3, accepted: 1.3 },
  { drafted: 6.9, accepted: 2.8 },
];
const NEURAL_YIELD: readonly Yield[] = [
  { drafted: 1.1, accepted: 0.58 },
  { drafted: 1.9, accepted: 0.68 },
  { drafted: 3.2, accepted: 1.4 },
  { drafted: 4.4, accepted: 1.8 },
  { drafted: 5.3, accepted: 2.4 },
];
const TABLE_YIELD: Yield = { drafted: 1, accepted: 0.25 };
/** Tokens that a neural draft guesses itself in a round, about; the rest of what is drafted is copied. */
const OWN_GUESSES = 1.6;
/** Tokens to copy where a neural draft says the same first: odd, as in {@link copiedLength}. */
export const AGREED_LENGTH = [0, 5, 5, 7, 7];

/** Time of a guess of a draft as a share of a target pass of two rows, what it has to read for it included. */
export function guessShare({ target, drafts }: CostTable, draft: string): number {
  const times = drafts[draft];
  return times ? (times.token + TEXT_PER_GUESS * times.catchUp) / passMillis(target, 2, 0) : 0;
}

/**
 * The plain rule over drafts that copy: copy what has the longest match, further the longer it is, else take one guess of the
 * n-gram table.
 */
export function copyingRule(drafts: readonly Draft[]): Policy {
  return {
    id: 'policy',
    uses: usesOf(drafts, []),
    begin: () => ({ choose: (sessions) => copyChoice(sessions), observe: () => undefined }),
  };
}

/**
 * The plain rule that stands where no trained policy is there: copy a long match, else do what has brought the most tokens a
 * millisecond so far: a neural draft with the copy beside it, a short copy, a guess of the table or nothing. A neural draft ends its
 * guesses itself where it is no longer sure. What each brings is counted by the length of the match, from request to request.
 */
export function rule(drafts: readonly Draft[], costs: CostTable): Policy {
  const worthwhile = drafts.filter(({ id }) => costs.drafts[id] && guessShare(costs, id) < WORTHWHILE_COST);
  const neural = worthwhile.map(({ id }) => id);
  if (neural.length === 0) return copyingRule(drafts);
  const seen = { costs, clock: new PassClock(costs.target), means: new RunningMeans() };
  return {
    id: 'policy',
    uses: usesOf(drafts, neural),
    begin({ language, prompt }) {
      // One that was made for other languages has less to say here than one that was made for all.
      const fitting = worthwhile
        .filter(({ languages }) => languages.length === 0 || languages.includes(language))
        .map(({ id }) => id);
      return new RuleSelector(seen, fitting, prompt.length);
    },
  };
}

/** What the rule has seen of passes and drafts, from request to request. */
interface Seen {
  readonly costs: CostTable;
  readonly clock: PassClock;
  readonly means: RunningMeans;
}

class RuleSelector implements Selector {
  private plan: RatedPlan | undefined;
  private readonly neuralKeys: readonly string[];

  /** @param fitting ids of the neural drafts. @param context tokens that the target holds. */
  constructor(
    private readonly seen: Seen,
    private readonly fitting: readonly string[],
    private context: number,
  ) {
    this.neuralKeys = fitting.flatMap((id) => NEURAL_YIELD.map((_, kind) => keyOf(id, kind)));
  }

  choose(sessions: ReadonlyMap<string, DraftSession>): Decision {
    const copy = copyChoice(sessions);
    const match = copy && copy.draft !== NGRAM ? (sessions.get(copy.draft)?.matchLength() ?? 0) : 0;
    this.plan = undefined;
    if (copy && match >= LONG_MATCH) return copy;
    const kind = Math.min(match, COPY_YIELD.length - 1);
    const beside = copy && match > 0 ? { draft: copy.draft, length: AGREED_LENGTH[kind]! } : undefined;
    const plans = this.fitting.flatMap((id) => this.neuralPlan(id, kind, beside, sessions.get(id)) ?? []);
    if (copy)
      plans.unshift(
        this.planOf(copy.draft, copy, kind, match > 0 ? COPY_YIELD[kind]! : TABLE_YIELD, () => 0),
      );
    let most = 1 / this.seen.clock.millis(1, this.context);
    for (const plan of plans) {
      if (plan.rate <= most) continue;
      most = plan.rate;
      this.plan = plan;
    }
    return this.plan?.decision;
  }

  observe({ drafted, accepted, committed, millis }: RoundOutcome): void {
    const { means, clock } = this.seen;
    means.observe(this.plan?.key, drafted, accepted, this.neuralKeys);
    clock.observe(drafted + 1, this.context, millis);
    this.context += committed.length;
  }

  private neuralPlan(
    id: string,
    kind: number,
    copy: Choice | undefined,
    session: DraftSession | undefined,
  ): RatedPlan | undefined {
    if (!session) return undefined;
    const read = behindInRound(session.behind());
    const alone = { draft: id, length: LONGEST_NEURAL };
    const decision = copy ? besideCopy(alone, copy) : alone;
    return this.planOf(id, decision, kind, NEURAL_YIELD[kind]!, (tokens) =>
      draftMillis(this.seen.costs, id, copy ? Math.min(tokens, OWN_GUESSES) : tokens, read),
    );
  }

  /** @param kind of the match. @param guessing milliseconds that so many guesses take. */
  private planOf(
    draft: string,
    decision: Decision,
    kind: number,
    prior: Yield,
    guessing: (tokens: number) => number,
  ): RatedPlan {
    const { means, clock } = this.seen;
    const key = keyOf(draft, kind);
    const { drafted, accepted } = means.of(key, prior);
    const pass = clock.millis(1 + Math.round(drafted), this.context);
    return { decision, key, rate: (1 + accepted) / (pass + guessing(drafted)) };
  }
}

/** Ask for the copy and for one guess: where both say the same, the copy is taken, since two that agree are right far more often. */
function besideCopy(alone: Choice, copy: Choice): Question {
  return {
    ask: copy.draft,
    length: copy.length,
    decide: ({ tokens }) => ({
      ask: alone.draft,
      length: 1,
      decide: ({ tokens: [first] }) =>
        first !== undefined && first === tokens[0] ? { ...copy, tokens } : alone,
    }),
  };
}

/** What a plan is counted as. */
function keyOf(draft: string, kind: number): string {
  return `${draft} ${kind}`;
}

/** One way to spend a round, with what it is expected to be worth. */
interface RatedPlan {
  readonly decision: Decision;
  /** What it is counted as. */
  readonly key: string;
  /**
   * Tokens expected a millisecond. What counts is the rate here, not that of the whole text: where nothing long can be copied,
   * the alternative is another round like this one.
   */
  readonly rate: number;
}

/** Whatever prompt lookup finds the suffix draft finds too, with a longer match; ensembles are chosen by name alone. */
function usesOf(drafts: readonly Draft[], neural: readonly string[]): (id: string) => boolean {
  const needless = drafts.some(({ id }) => id === 'suffix') ? 'lookup' : undefined;
  const all = [...COPYING, NGRAM].filter((id) => drafts.some((draft) => draft.id === id));
  const used = new Set([...all, ...neural].filter((id) => id !== needless));
  return (id) => used.has(id);
}

function copyChoice(sessions: ReadonlyMap<string, DraftSession>): Choice | undefined {
  let draft = '';
  let match = 0;
  for (const id of COPYING) {
    const length = sessions.get(id)?.matchLength() ?? 0;
    if (length > match) {
      draft = id;
      match = length;
    }
  }
  if (match > 0) return { draft, length: copiedLength(match) };
  // A second row costs little or nothing.
  return sessions.has(NGRAM) ? { draft: NGRAM, length: 1 } : undefined;
}

/**
 * Tokens to copy after a match of `match` tokens. Odd, so that with the row of the last token the pass is of
 * even width, which costs no more than the odd width below; one token is free, since a pass is two rows.
 */
export function copiedLength(match: number): number {
  if (match === 1) return 1;
  if (match < 4) return 3;
  if (match < LONG_MATCH) return 7;
  return match < 32 ? 11 : 23;
}
