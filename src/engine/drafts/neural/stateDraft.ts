import type { Draft, DraftContext, DraftSession, Proposal } from '../draft.ts';

/** A target that tells what it computed. */
export interface StateSource {
  /**
   * Write what was computed for the last token whose KV is held.
   * @returns false where that is not known any more.
   */
  state(to: Float32Array): boolean;
}

/** A network that begins with what a target computed, and goes on token by token. */
export interface RecurrentModel {
  /** Numbers that it begins with. */
  readonly size: number;
  begin(given: Float32Array): void;
  /** Go on by `token`; one that it does not know is as good as any other that it does not know. */
  step(token: number): void;
  /** The likeliest token behind the last step, and its probability. */
  predict(): { readonly token: number; readonly probability: number };
}

/**
 * A draft that reads what the target computed when it chose the last token, and guesses on from there with a small recurrent
 * network (of the kind of Cheng et al., 2024, arXiv 2403.09919, and EAGLE, Li et al., 2024, arXiv 2401.15077). It has no prompt to
 * read and nothing to catch up on. Where the target's numbers are gone, at most before the first pass of a request, it has nothing to say.
 */
export class StateDraft implements Draft {
  readonly languages: readonly string[] = [];
  private readonly given: Float32Array;

  /** @param leastChance a guess goes on only while all of it is right with at least this probability. */
  constructor(
    readonly id: string,
    private readonly model: RecurrentModel,
    private readonly target: StateSource,
    private readonly leastChance: number,
  ) {
    this.given = new Float32Array(model.size);
  }

  open({ prompt }: DraftContext): DraftSession {
    // The target does not hold it yet: the pass that verifies the guess begins with it.
    let last = prompt.at(-1);
    return {
      commit(tokens) {
        last = tokens.at(-1) ?? last;
      },
      matchLength: () => 0,
      behind: () => 0,
      propose: (limit) => (last === undefined ? { tokens: [] } : this.guess(last, limit)),
    };
  }

  private guess(last: number, limit: number): Proposal {
    const tokens: number[] = [];
    const probabilities: number[] = [];
    if (!this.target.state(this.given)) return { tokens };
    this.model.begin(this.given);
    let chance = 1;
    for (let next = last; tokens.length < limit && chance >= this.leastChance; ) {
      this.model.step(next);
      const { token, probability } = this.model.predict();
      tokens.push(token);
      probabilities.push(probability);
      chance *= probability;
      next = token;
    }
    return { tokens, probabilities };
  }
}
