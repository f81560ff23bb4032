// This folder: drafts that speak text: what a model with other tokens says, in the target's own.

import type { Draft, DraftContext, DraftSession, Proposal } from '../draft.ts';
import type { DraftModel } from '../neural/neural.ts';
import { Follower } from './follower.ts';
import { lengthOf, type Speller, textOf } from './speller.ts';
import { translate } from './translate.ts';

/** What a draft needs to speak text to a target with other tokens. */
export interface Bridge {
  /** The draft's tokens. */
  readonly own: Speller;
  /** The target's. */
  readonly target: Speller;
  /** The draft's own prompt of a request, at least one token. */
  promptOf(context: DraftContext): readonly number[];
  /** How many of the draft's tokens a token of the target's takes, on average. */
  readonly ownPerToken: number;
}

/**
 * A language model with tokens of its own, drafting text: it follows what the target commits as bytes, keeps its own tokens
 * and KV of the same text, and its guesses are spelled in the target's tokens (string-level exact match, Timor et al., 2025,
 * arXiv 2502.05202). Since a guess is accepted only while it equals what the sampler chooses, nothing it says can change the
 * text.
 */
export class TextDraft implements Draft {
  /** @param leastChance a guess goes on only while all of it is right with at least this probability. */
  constructor(
    readonly id: string,
    readonly languages: readonly string[],
    private readonly model: DraftModel,
    private readonly bridge: Bridge,
    private readonly leastChance: number,
  ) {}

  open(context: DraftContext): DraftSession {
    const { model, bridge, leastChance } = this;
    const follower = followerOf(bridge, context);
    model.resume(follower.tokens);
    return {
      commit: (tokens) => follower.commit(textOf(tokens, bridge.target.vocabulary)),
      matchLength: () => 0,
      behind: () => Math.max(0, follower.tokens.length - model.length) + follower.unspelled / BYTES_PER_TOKEN,
      async prepare(signal) {
        await model.read(follower.tokens, signal);
      },
      async propose(limit, signal) {
        follower.spell();
        let chance = follower.aheadTokens().reduce((product, token) => product * token.chance, 1);
        const missing = Math.ceil(limit * bridge.ownPerToken) - follower.aheadTokens().length;
        if (missing > 0 && chance >= leastChance) {
          const { tokens, probabilities } = await model.guess(follower.tokens, missing, signal);
          for (const [i, token] of tokens.entries()) {
            const own = probabilities?.[i] ?? 1;
            chance *= own;
            if (!follower.guess(token, own) || chance < leastChance) break;
          }
        }
        return offer(follower, bridge, limit);
      },
    };
  }
}

/** A usual token of the draft's, for what has not been spelled yet. */
const BYTES_PER_TOKEN = 3;

/** A follower of a request's text in the draft's tokens. */
export function followerOf(bridge: Bridge, context: DraftContext): Follower {
  return new Follower(bridge.own, bridge.promptOf(context), context.text?.ahead ?? 0);
}

/** What stands ahead of the committed text, in the target's tokens. */
export function offer(follower: Follower, { target }: Bridge, limit: number): Proposal {
  const text = follower.ahead;
  return text.length === 0
    ? { tokens: [], probabilities: [] }
    : translate(text, follower.aheadTokens(), target, limit);
}

/** How many tokens of `own` a text takes for each of `target`'s. */
export function tokensPerToken(text: string, own: Speller, target: Speller): number {
  const bytes = Buffer.from(text);
  const count = (speller: Speller) => {
    const { tokens } = speller.spell(bytes);
    // A vocabulary that cannot spell the whole is judged by what it can.
    return tokens.length / Math.max(1, lengthOf(tokens, speller.vocabulary));
  };
  return count(own) / count(target);
}
