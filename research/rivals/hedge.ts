import { type DraftSession, isInstant } from '../../src/engine/drafts/draft.ts';
import { LONGEST } from '../../src/engine/policy/listen.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import type { Action } from '../../src/learning/actions.ts';
import { type RoundTimes, roundMillis } from '../../src/learning/replay.ts';
import { AdaNormalHedge, type Hedge } from '../../src/selection/hedge.ts';
import { draw } from '../../src/selection/reinforce.ts';
import { Rate } from '../../src/selection/throughput.ts';
import { REWARD_SPAN } from './bandit.ts';

/** Tokens that a round is taken to bring before any was seen. */
const START_GAIN = 1.8;

/** What the drafts had to say in one round; complete when the text has shown how much of it was right. */
interface Round {
  readonly hedge: Hedge;
  readonly price: number;
  /** Tokens held before the round. */
  readonly context: number;
  /** Tokens generated before the round. */
  readonly at: number;
  readonly said: ReadonlyMap<string, readonly number[]>;
  /** The draft that was asked for its time; only it is known among those. */
  asked?: {
    readonly draft: string;
    readonly drafted: number;
    readonly accepted: number;
    readonly behind: number;
  };
}

/**
 * Hedge with full information over (draft, length) experts, one Hedge for each context cell (after HedgeSpec; Liu et
 * al., 2025): the text that was decided judges what every draft said, also those that were not chosen. It judges late,
 * when the text has come as far as the guess. Drafts that cost time to ask are judged only in rounds in which they were
 * asked, and sleep in the others. Plain decoding is an expert too.
 *
 * The cell is the draft with the longest match and how long that is. What is learnt goes on from request to request.
 * @param random uniform in [0, 1).
 */
export function hedgePolicy(actions: readonly Action[], times: RoundTimes, random: () => number): Policy {
  const hedges = new Map<string, Hedge>();
  const rate = new Rate(START_GAIN, roundMillis(times, undefined, 0, 0, 0));
  const experts = actions.length + 1;
  // Long guesses cost most while nothing is known.
  const prior = [...actions.map(({ length }) => 1 / length), 1];
  const losses = new Float64Array(experts);
  const awake = new Uint8Array(experts);
  let open: Round[] = [];
  let text: number[] = [];

  const hedgeOf = (cell: string): Hedge => {
    let hedge = hedges.get(cell);
    if (!hedge) {
      hedge = new AdaNormalHedge(experts, prior);
      hedges.set(cell, hedge);
    }
    return hedge;
  };

  const judge = (round: Round): void => {
    const lossOf = (tokens: number, millis: number) =>
      Math.min(1, Math.max(0, 0.5 - (tokens - round.price * millis) / (2 * REWARD_SPAN)));
    for (const [i, { draft, length }] of actions.entries()) {
      const said = round.said.get(draft);
      const asked = round.asked?.draft === draft ? round.asked : undefined;
      // Of a draft that was asked for a few tokens, nothing is known of more.
      const known = said
        ? true
        : asked !== undefined && (length <= asked.drafted || asked.accepted < asked.drafted);
      awake[i] = known ? 1 : 0;
      if (!known) continue;
      const drafted = Math.min(length, said ? said.length : length);
      const right = said ? agreement(said, text, round.at) : asked!.accepted;
      const millis = roundMillis(times, draft, drafted, round.context, asked?.behind ?? 0);
      losses[i] = lossOf(Math.min(drafted, right) + 1, millis);
    }
    awake[actions.length] = 1;
    losses[actions.length] = lossOf(1, roundMillis(times, undefined, 0, round.context, 0));
    round.hedge.update(losses, awake);
  };

  return {
    id: 'hedge',
    begin({ prompt }) {
      // The last request is over: its text says all that it will.
      open.forEach(judge);
      open = [];
      text = [];
      let behind = 0;
      return {
        choose(sessions) {
          const said = proposals(sessions);
          const hedge = hedgeOf(cellOf(sessions));
          const context = prompt.length + text.length;
          open.push({ hedge, price: rate.value, context, at: text.length, said });
          const action = actions[draw(hedge.weights, random())];
          behind = action ? (sessions.get(action.draft)?.behind() ?? 0) : 0;
          return action;
        },
        observe({ draft, drafted, accepted, committed }) {
          const round = open.at(-1)!;
          if (draft && !round.said.has(draft)) round.asked = { draft, drafted, accepted, behind };
          rate.observe(accepted + 1, roundMillis(times, draft, drafted, round.context, behind));
          text.push(...committed);
          open = open.filter((each) => {
            if (!isDecided(each, text)) return true;
            judge(each);
            return false;
          });
        },
      };
    },
  };
}

/** What every draft says that answers at once. */
function proposals(sessions: ReadonlyMap<string, DraftSession>): Map<string, readonly number[]> {
  const said = new Map<string, readonly number[]>();
  for (const [id, session] of sessions) {
    if (isInstant(session)) said.set(id, session.propose(LONGEST).tokens);
  }
  return said;
}

/** Whether every proposal of a round is either used up or has gone wrong in the text so far. */
function isDecided({ said, at }: Round, text: readonly number[]): boolean {
  for (const tokens of said.values()) {
    const right = agreement(tokens, text, at);
    if (right < tokens.length && at + right >= text.length) return false;
  }
  return true;
}

/** Tokens at the start of `guess` that are those of `text` from `at` on. */
function agreement(guess: readonly number[], text: readonly number[], at: number): number {
  let n = 0;
  while (n < guess.length && at + n < text.length && guess[n] === text[at + n]) n++;
  return n;
}

/** Who has the longest match, and whether it is of 0, 1, 2–3, 4–7, 8–15, 16 or more tokens. */
function cellOf(sessions: ReadonlyMap<string, DraftSession>): string {
  let match = 0;
  let holder = '';
  for (const [id, session] of sessions) {
    const own = session.matchLength();
    if (own <= match) continue;
    match = own;
    holder = id;
  }
  return `${holder} ${match === 0 ? 0 : 1 + Math.min(4, Math.floor(Math.log2(match)))}`;
}
