// This folder: drafts on a model that continues a text greedily.

import type { Draft, DraftContext, DraftSession, Proposal } from '../draft.ts';

/** A language model that continues a text greedily. It keeps the KV of a text from call to call. */
export interface DraftModel {
  /** Tokens whose KV is held: a prefix of the last text and, behind it, guesses of its own. */
  readonly length: number;
  /** Keep the KV of the longest common prefix of what is held and `text`; forget the rest. */
  resume(text: readonly number[]): void;
  /** Catch up on `text` (at least one token) as far as that helps the next guess, until the signal is aborted. */
  read(text: readonly number[], signal: AbortSignal): Promise<void>;
  /**
   * Up to `limit` (at least 1) tokens that follow `text` (at least one token), after catching up on what of it is
   * not held. Fewer where the context ends, the signal is aborted or it would be too unsure.
   */
  guess(text: readonly number[], limit: number, signal: AbortSignal): Proposal | Promise<Proposal>;
}

/** A language model that tells how likely every token is, for those that join several. */
export interface DistributionModel {
  /** As {@link DraftModel}'s. */
  readonly length: number;
  resume(text: readonly number[]): void;
  /**
   * Write the probabilities of all tokens after `text` (at least one token), after catching up on what of it is not
   * held.
   * @param to [vocabulary]
   * @returns false where the context ends or the signal is aborted; then nothing was written.
   */
  after(text: readonly number[], to: Float32Array, signal: AbortSignal): Promise<boolean>;
}

/**
 * A small language model with the target's vocabulary. The model keeps the KV of the common prefix from request to
 * request; what was committed without it is caught up on when it is asked.
 */
export class NeuralDraft implements Draft {
  constructor(
    readonly id: string,
    readonly languages: readonly string[],
    private readonly model: DraftModel,
  ) {}

  open(context: DraftContext): DraftSession {
    const { model } = this;
    const text: number[] = [...context.prompt];
    model.resume(text);
    return {
      commit: (tokens) => {
        text.push(...tokens);
      },
      matchLength: () => 0,
      prepare: (signal) => model.read(text, signal),
      // What the model holds beyond the text are guesses of its own that may turn out right.
      behind: () => Math.max(0, text.length - model.length),
      propose: (limit, signal) => model.guess(text, limit, signal),
    };
  }
}
