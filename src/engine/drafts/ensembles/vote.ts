import type { DraftContext, InstantDraft, InstantSession, Proposal } from '../draft.ts';
import { Acceptance } from './acceptance.ts';
import { type Members, openMembers } from './members.ts';
import type { TokenModel } from './stack.ts';

/** A proposal ends where all of it is less likely than this: the policy stops far before. */
const LEAST_ALIVE = 0.05;
/** Wrong tokens that a member might have named as well: two members that are wrong seldom agree. */
const ALTERNATIVES = 8;
/** The log-odds of a vote are bounded by this. */
const SURE = 0.98;

/** A member's vote for the next token. */
export interface Ballot {
  readonly token: number;
  /** How often such votes are right. */
  readonly reliability: number;
}

/**
 * Weighted vote: token by token the members name the next one, each vote weighs as much as the log-odds of its being
 * right, and the winner is appended. A copy that named another token is out for the rest of the proposal, since what it
 * copies has parted from it; the n-gram table is asked anew after every token.
 *
 * Reliabilities are counted, by length of match and place, and go on from request to request.
 */
export class VoteDraft implements InstantDraft {
  readonly id = 'ensemble:vote';
  readonly languages: readonly string[] = [];
  private readonly acceptance = new Acceptance();

  /**
   * @param copying members that copy; of equal votes the first counts.
   * @param model asked for a vote at every place, where there is one.
   */
  constructor(
    private readonly copying: readonly InstantDraft[],
    private readonly model: TokenModel | undefined,
  ) {}

  open(context: DraftContext): InstantSession {
    return new VoteSession(openMembers(this.copying, context), this.model, this.acceptance, context);
  }
}

/** What a copying member has said. */
interface Speech {
  readonly id: string;
  readonly match: number;
  readonly tokens: readonly number[];
}

class VoteSession implements InstantSession {
  readonly instant = true;
  private recent: number[];
  private speeches: readonly Speech[] = [];

  constructor(
    private readonly members: Members,
    private readonly model: TokenModel | undefined,
    private readonly acceptance: Acceptance,
    context: DraftContext,
  ) {
    this.recent = this.newest(context.prompt);
  }

  commit(tokens: readonly number[]): void {
    for (const { id, match, tokens: said } of this.speeches) {
      const seen = Math.min(said.length, tokens.length);
      let right = 0;
      while (right < seen && said[right] === tokens[right]) right++;
      this.acceptance.observe(id, match, seen, right);
    }
    this.speeches = [];
    this.members.commit(tokens);
    this.recent = this.newest([...this.recent, ...tokens.slice(-(this.model?.orders ?? 0))]);
  }

  matchLength(): number {
    return Math.max(0, ...[...this.members.sessions.values()].map((session) => session.matchLength()));
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    this.speeches = this.listen(limit);
    let standing = this.speeches.map((speech) => ({
      ...speech,
      rate: this.acceptance.rates(speech.id, speech.match),
    }));
    const text = [...this.recent];
    const start = text.length;
    const probabilities: number[] = [];
    for (let alive = 1; probabilities.length < limit; ) {
      const place = probabilities.length;
      const ballots: Ballot[] = standing.map(({ tokens, rate }) => ({
        token: tokens[place]!,
        reliability: rate(place),
      }));
      const said = this.model?.next(text);
      if (said) ballots.push({ token: said.token, reliability: said.probability });
      const winner = elect(ballots);
      if (!winner) break;
      alive *= winner.probability;
      if (alive < LEAST_ALIVE && place > 0) break;
      text.push(winner.token);
      probabilities.push(winner.probability);
      standing = standing.filter(({ tokens }) => tokens[place] === winner.token && tokens.length > place + 1);
    }
    return { tokens: text.slice(start), probabilities };
  }

  private listen(limit: number): Speech[] {
    const speeches: Speech[] = [];
    for (const [id, session] of this.members.sessions) {
      const match = session.matchLength();
      const { tokens } = match > 0 ? session.propose(limit) : { tokens: [] };
      if (tokens.length > 0) speeches.push({ id, match, tokens });
    }
    return speeches;
  }

  private newest(tokens: readonly number[]): number[] {
    const orders = this.model?.orders ?? 0;
    return orders > 0 ? tokens.slice(-orders) : [];
  }
}

/**
 * The token with the most weight, and its probability by Bayes' rule for members that err independently: a vote
 * weighs log(p · K / (1 − p)) with K wrong alternatives, the optimal weights of a plurality vote (Nitzan and Paroush, 1982).
 * A single vote keeps the reliability that it has.
 */
export function elect(ballots: readonly Ballot[]): { token: number; probability: number } | undefined {
  const odds = new Map<number, number>();
  for (const { token, reliability } of ballots) {
    const p = Math.min(SURE, Math.max(1 - SURE, reliability));
    odds.set(token, (odds.get(token) ?? 1) * ((p * ALTERNATIVES) / (1 - p)));
  }
  let winner: number | undefined;
  let most = 0;
  let total = ALTERNATIVES + 1 - odds.size;
  for (const [token, value] of odds) {
    total += value;
    if (value <= most) continue;
    winner = token;
    most = value;
  }
  return winner === undefined ? undefined : { token: winner, probability: most / total };
}
