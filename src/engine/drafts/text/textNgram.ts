import type { DraftContext, InstantDraft, InstantSession } from '../draft.ts';
import type { NgramTable } from '../ngram/ngramTable.ts';
import { textOf } from './speller.ts';
import { type Bridge, followerOf, offer } from './textDraft.ts';

/** A guess goes on only while all of it is right with at least this probability. */
const LEAST_CHANCE = 0.05;

/** Guesses with a table that was made for other tokens than the target's. */
export class TextNgramDraft implements InstantDraft {
  readonly id = 'ngram';
  readonly languages: readonly string[] = [];

  constructor(
    private readonly table: Pick<NgramTable, 'next'>,
    private readonly bridge: Bridge,
  ) {}

  open(context: DraftContext): InstantSession {
    const { table, bridge } = this;
    const follower = followerOf(bridge, context);
    return {
      instant: true,
      commit: (tokens) => follower.commit(textOf(tokens, bridge.target.vocabulary)),
      matchLength() {
        follower.spell();
        return table.next(follower.tokens)?.order ?? 0;
      },
      behind: () => 0,
      propose(limit) {
        follower.spell();
        const ahead = follower.aheadTokens();
        let chance = ahead.reduce((product, token) => product * token.chance, 1);
        for (let n = ahead.length; n < limit * bridge.ownPerToken && chance >= LEAST_CHANCE; n++) {
          const guess = table.next(follower.tokens);
          if (!guess || !follower.guess(guess.token, guess.probability)) break;
          chance *= guess.probability;
        }
        return offer(follower, bridge, limit);
      },
    };
  }
}
