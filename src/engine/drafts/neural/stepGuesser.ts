import type { Proposal } from '../draft.ts';
import type { DistributionModel, DraftModel } from './neural.ts';

/** A model that reads and predicts token by token, at once and without the cost of a call into a runtime. */
export interface StepModel {
  /** The most tokens whose KV can be held. */
  readonly contextLength: number;
  /** Read `token` at `position`; the tokens at all positions before must have been read. */
  read(token: number, position: number): void;
  /** The likeliest token after the one that was read last, and its probability. */
  predict(): { readonly token: number; readonly probability: number };
  /** Write the probabilities of all tokens after the one that was read last. @param to [vocabulary] */
  distribution(to: Float32Array): void;
}

/** Tokens caught up on between two looks at the cancellation signal: a few milliseconds' worth. */
const CATCH_UP_CHUNK = 32;

/** Guesses with a model that goes token by token, and stops where the guess is no longer likely to be right. */
export class StepGuesser implements DraftModel, DistributionModel {
  /** Tokens whose KV the model holds, by position. */
  private readonly held: number[] = [];
  /** Length of the text that the model read last: what it predicts from. */
  private latest = 0;

  /**
   * @param leastChance a token is guessed only while the probabilities of those before, multiplied, are at least
   * this: to look at another one costs time that is lost when they are wrong.
   */
  constructor(
    private readonly model: StepModel,
    private readonly leastChance: number,
  ) {}

  get length(): number {
    return this.held.length;
  }

  resume(text: readonly number[]): void {
    const { held } = this;
    let common = 0;
    while (common < held.length && common < text.length && held[common] === text[common]) common++;
    held.length = common;
  }

  async read(text: readonly number[], signal: AbortSignal): Promise<void> {
    await this.catchUp(text, signal);
  }

  async guess(text: readonly number[], limit: number, signal: AbortSignal): Promise<Proposal> {
    const { model, held } = this;
    const tokens: number[] = [];
    const probabilities: number[] = [];
    if (!(await this.catchUp(text, signal))) return { tokens };
    let chance = 1;
    while (true) {
      const { token, probability } = model.predict();
      tokens.push(token);
      probabilities.push(probability);
      chance *= probability;
      if (tokens.length >= limit || chance < this.leastChance) break;
      if (held.length >= model.contextLength) break;
      this.step(token);
    }
    return { tokens, probabilities };
  }

  async after(text: readonly number[], to: Float32Array, signal: AbortSignal): Promise<boolean> {
    if (!(await this.catchUp(text, signal))) return false;
    this.model.distribution(to);
    return true;
  }

  /** Hold `text` and nothing else, its last token the one that was read last. False where that cannot be or was cut short. */
  private async catchUp(text: readonly number[], signal: AbortSignal): Promise<boolean> {
    const { held } = this;
    if (text.length > this.model.contextLength) return false;
    const last = this.latest;
    this.resume(text);
    // A prediction needs the last token to be the one that was read last.
    if (held.length === text.length && last !== text.length) held.length--;
    while (held.length < text.length) {
      const end = Math.min(text.length, held.length + CATCH_UP_CHUNK);
      while (held.length < end) this.step(text[held.length]!);
      // The signal can only change while others run.
      if (held.length < text.length) await new Promise((done) => setImmediate(done));
      if (signal.aborted) return false;
    }
    return true;
  }

  private step(token: number): void {
    this.model.read(token, this.held.length);
    this.held.push(token);
    this.latest = this.held.length;
  }
}
