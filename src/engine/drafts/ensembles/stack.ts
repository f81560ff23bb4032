// This folder: drafts made of the sessions of others.

import {
  type DraftContext,
  type InstantDraft,
  type InstantSession,
  noSupport,
  type Proposal,
  type Support,
} from '../draft.ts';
import { type Members, openMembers } from './members.ts';

/** Something that knows the likeliest next token after a text, and how likely it is. */
export interface TokenModel {
  /** Tokens of context that it looks at, at most. */
  readonly orders: number;
  next(context: readonly number[]): { readonly token: number; readonly probability: number } | undefined;
}

/** A proposal ends where all of it is less likely than this: the policy stops far before. */
const LEAST_ALIVE = 0.05;
/** A copy that is this sure of its next token is not compared with the model: the copy would be taken anyway. */
const SURE = 0.93;

/** Who said the first token of a proposal. */
const COPY = 0;
const TABLE = 1;
const BOTH = 2;

interface StackedGuess {
  readonly token: number;
  readonly chance: number;
  readonly source: number;
}

/**
 * Stacking: token by token, whichever is more likely right, the copying member with the longest match or the table of
 * n-grams, is followed; where both say the same, it counts as that much likelier. The likelihoods are what recorded decoding
 * showed of each, so they can be compared.
 */
export class StackDraft implements InstantDraft {
  readonly id = 'ensemble:stack';
  readonly languages: readonly string[] = [];

  /** @param copying drafts that copy, in the order that decides between equal matches. */
  constructor(
    private readonly copying: readonly InstantDraft[],
    private readonly model: TokenModel,
  ) {}

  open(context: DraftContext): InstantSession {
    return new StackSession(this.copying, this.model, context);
  }
}

class StackSession implements InstantSession {
  readonly instant = true;
  private readonly members: Members;
  private recent: number[];
  /** The member that the last proposal was copied from. */
  private copied: InstantSession | undefined;
  private copiedTokens = 0;
  private source = COPY;
  private readonly nothing = noSupport();

  constructor(
    drafts: readonly InstantDraft[],
    private readonly model: TokenModel,
    context: DraftContext,
  ) {
    this.recent = context.prompt.slice(-model.orders);
    this.members = openMembers(drafts, context);
  }

  commit(tokens: readonly number[]): void {
    this.members.commit(tokens);
    this.recent = [...this.recent, ...tokens].slice(-this.model.orders);
  }

  matchLength(): number {
    return Math.max(0, ...[...this.members.sessions.values()].map((session) => session.matchLength()));
  }

  behind(): number {
    return 0;
  }

  propose(limit: number): Proposal {
    const { session, tokens: copy, match } = copyOf(this.members.sessions.values(), limit);
    this.copied = session;
    this.copiedTokens = copy.length;
    this.source = COPY;
    const text = [...this.recent];
    const start = text.length;
    const probabilities: number[] = [];
    let copying = copy.length > 0;
    for (let alive = 1; probabilities.length < limit; ) {
      const place = probabilities.length;
      const copied = copying ? copy[place] : undefined;
      const guess = this.guess(text, copied, copied === undefined ? 0 : copyTrust(match, place));
      if (!guess) break;
      if (place === 0) this.source = guess.source;
      if (copying && guess.source === TABLE) {
        this.copiedTokens = place;
        copying = false;
      }
      alive *= guess.chance;
      if (alive < LEAST_ALIVE && place > 0) break;
      text.push(guess.token);
      probabilities.push(guess.chance);
    }
    return { tokens: text.slice(start), probabilities };
  }

  /** The likelier of the copy, where there is one, and the table. @param trust how likely the copy is right, else 0. */
  private guess(
    text: readonly number[],
    copied: number | undefined,
    trust: number,
  ): StackedGuess | undefined {
    const said = trust > SURE ? undefined : this.model.next(text);
    if (said && said.token === copied)
      return { token: said.token, chance: 1 - (1 - trust) * (1 - said.probability), source: BOTH };
    if (said && said.probability > trust)
      return { token: said.token, chance: said.probability, source: TABLE };
    return copied === undefined ? undefined : { token: copied, chance: trust, source: COPY };
  }

  /** That of the member that was copied from, and how far it was followed. */
  support(): Support {
    const { copied, nothing } = this;
    const own = Object.assign(nothing, copied?.support?.() ?? noSupport());
    own.copied = this.copiedTokens;
    own.source = this.source;
    return own;
  }
}

interface Copy {
  readonly session: InstantSession | undefined;
  readonly tokens: readonly number[];
  readonly match: number;
}

function copyOf(sessions: Iterable<InstantSession>, limit: number): Copy {
  let best: InstantSession | undefined;
  let match = 0;
  for (const session of sessions) {
    const length = session.matchLength();
    if (length > match) {
      best = session;
      match = length;
    }
  }
  return { session: best, tokens: best?.propose(limit).tokens ?? [], match };
}

/**
 * Chance that a copied token is right, given that those before it were. In recorded decoding it depends on the match
 * grown by the tokens already copied; this curve goes through 0.33 at 1, 0.8 at 5 and 0.94 at 16.
 */
export function copyTrust(match: number, place: number): number {
  return TRUST[Math.min(match + place, LONGEST_TRUST)]!;
}

/** Longer copies are as sure. */
const LONGEST_TRUST = 512;
const TRUST = Float64Array.from({ length: LONGEST_TRUST + 1 }, (_, grown) => 1 - 0.67 * grown ** -0.85);
