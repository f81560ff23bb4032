import {
  type DraftSession,
  FAR_ENOUGH,
  type InstantSession,
  isInstant,
  type Proposal,
  type Support,
} from '../drafts/draft.ts';
import { type ArmClass, armClass, NGRAM } from './armClasses.ts';
import type { CostTable } from './costs.ts';

/** Longest proposal that is considered. */
export const LONGEST = 47;
/** Tokens asked of a draft that costs time, at most: few are accepted in a row. */
export const LONGEST_NEURAL = 8;
/** The n-gram table is seldom right for longer, and each token is a look-up. */
const LONGEST_NGRAM = 8;

/** What a draft has to say in this round, as far as it can be known before the target has looked. */
export interface HeardDraft {
  readonly id: string;
  /** Class of the draft for the network. */
  readonly arm: ArmClass;
  /** Its place among the drafts that are heard, the same in every round of a request. */
  readonly slot: number;
  /** Tokens of matching text behind the proposal; 0 for drafts that do not copy. */
  readonly match: number;
  /** The beginning of what it says; undefined for a draft that costs time and has not been asked yet. */
  readonly tokens: readonly number[] | undefined;
  readonly probabilities: readonly number[] | undefined;
  /** What stands behind it, where the draft can tell. */
  readonly support: Readonly<Support> | undefined;
  /** Whether it may have more to say than {@link tokens}. */
  readonly more: boolean;
  /** Whether asking it takes time. */
  readonly timed: boolean;
  /** Tokens that it would have to catch up on before it can guess. */
  readonly behind: number;
}

type Heard = { -readonly [K in keyof HeardDraft]: HeardDraft[K] };

/**
 * Hears the drafts of one request, round by round: a few tokens of each, and more only where a plan can use them. Drafts
 * that cost time are not asked here: it is told what they said ({@link hear}). What it hears is overwritten in the next round.
 */
export class Listener {
  private readonly all: Heard[] = [];
  private sessions: ReadonlyMap<string, DraftSession> | undefined;

  constructor(
    private readonly drafts: ReadonlyMap<string, { readonly languages: readonly string[] }>,
    private readonly language: string,
    private readonly costs: CostTable,
  ) {}

  /** What was heard last, by slot. */
  get heard(): readonly HeardDraft[] {
    return this.all;
  }

  /** Hear what every draft says now. @param sessions of the same drafts in all rounds of a request. */
  listen(sessions: ReadonlyMap<string, DraftSession>): readonly HeardDraft[] {
    if (!this.sessions) this.meet(sessions);
    this.sessions = sessions;
    for (let slot = 0; slot < this.all.length; slot++) {
      const heard = this.all[slot]!;
      const session = sessions.get(heard.id)!;
      if (!isInstant(session)) {
        heard.behind = session.behind();
        this.forget(heard);
        continue;
      }
      ask(heard, session, FAR_ENOUGH);
      heard.match = session.matchLength();
      heard.support = session.support?.();
    }
    return this.all;
  }

  /** Ask a draft that has more to say for so many tokens. */
  extend({ slot, id, more }: HeardDraft, length: number): void {
    const session = this.sessions?.get(id);
    if (more && session && isInstant(session)) ask(this.all[slot]!, session, length);
  }

  /** Take over what a draft that costs time said, when it was asked for so many tokens. */
  hear({ slot }: HeardDraft, { tokens, probabilities }: Proposal, limit: number): void {
    const heard = this.all[slot]!;
    // Where it says no more than before it has nothing more to say.
    heard.more = tokens.length >= limit && tokens.length < LONGEST_NEURAL;
    heard.tokens = tokens;
    heard.probabilities = probabilities;
  }

  /** A draft that costs time is as one that has not spoken in this round. */
  forget({ slot }: HeardDraft): void {
    const heard = this.all[slot]!;
    heard.tokens = undefined;
    heard.probabilities = undefined;
    heard.more = true;
  }

  private meet(sessions: ReadonlyMap<string, DraftSession>): void {
    for (const [id, session] of sessions) {
      // One that costs time to ask and whose time is not known cannot be judged.
      if (!isInstant(session) && !this.costs.drafts[id]) continue;
      const arm = armClass(id, this.drafts.get(id)?.languages ?? [], this.language);
      const silent = { match: 0, tokens: undefined, probabilities: undefined, support: undefined };
      const timed = !isInstant(session);
      this.all.push({ id, arm, slot: this.all.length, ...silent, more: timed, timed, behind: 0 });
    }
  }
}

function ask(heard: Heard, session: InstantSession, limit: number): void {
  const { tokens, probabilities } = session.propose(limit);
  heard.tokens = tokens;
  heard.probabilities = probabilities;
  heard.more = tokens.length >= limit && tokens.length < (heard.arm === NGRAM ? LONGEST_NGRAM : LONGEST);
}
