import type { Target } from '../../target.ts';
import type { Proposal } from '../draft.ts';
import type { DistributionModel, DraftModel } from './neural.ts';

/** Tokens caught up on between two looks at the cancellation signal. */
const CATCH_UP_CHUNK = 128;

/** Guesses with a model that scores blocks of tokens: a pass for every token, wide passes to catch up. */
export class PassGuesser implements DraftModel, DistributionModel {
  /** @param leastChance a token is guessed only while those before it are all right with at least this probability. */
  constructor(
    private readonly model: Target,
    private readonly leastChance = 0,
  ) {}

  get length(): number {
    return this.model.length;
  }

  resume(text: readonly number[]): void {
    this.model.resume(text);
  }

  async read(text: readonly number[], signal: AbortSignal): Promise<void> {
    if (this.model.contextLength - text.length >= 2) await this.catchUp(text, signal);
  }

  async guess(text: readonly number[], limit: number, signal: AbortSignal): Promise<Proposal> {
    const { model } = this;
    const room = model.contextLength - text.length;
    const tokens: number[] = [];
    const probabilities: number[] = [];
    if (room < 2) return { tokens, probabilities };
    await this.catchUp(text, signal);
    let block = text.slice(model.length);
    let chance = 1;
    while (tokens.length < Math.min(limit, room - 1) && chance >= this.leastChance && !signal.aborted) {
      const scores = await model.score(block, 'logits');
      const row = scores.rows - 1;
      const token = scores.argmax(row);
      const probability = share(scores.logits(row), token);
      tokens.push(token);
      probabilities.push(probability);
      chance *= probability;
      block = [token];
    }
    return { tokens, probabilities };
  }

  async after(text: readonly number[], to: Float32Array, signal: AbortSignal): Promise<boolean> {
    const { model } = this;
    // One row is left for the padding of the pass.
    if (model.contextLength - text.length < 1) return false;
    await this.catchUp(text, signal);
    if (signal.aborted) return false;
    const scores = await model.score(text.slice(model.length), 'logits');
    softmax(scores.logits(scores.rows - 1), to);
    return true;
  }

  /** Read `text` but for the last few tokens, which the caller scores. */
  private async catchUp(text: readonly number[], signal: AbortSignal): Promise<void> {
    const { model } = this;
    model.truncate(Math.min(model.resume(text), text.length - 1));
    while (text.length - model.length > CATCH_UP_CHUNK && !signal.aborted) {
      await model.score(text.slice(model.length, model.length + CATCH_UP_CHUNK), 'nothing');
    }
  }
}

/** Probability of the likeliest token. */
function share(logits: Float32Array, likeliest: number): number {
  const most = logits[likeliest]!;
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i]! - most);
  return 1 / total;
}

/** Probabilities of logits. Where the lengths differ, what one does not have counts as impossible. */
function softmax(logits: Float32Array, to: Float32Array): void {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  to.fill(0);
  for (let i = 0; i < Math.min(logits.length, to.length); i++) {
    to[i] = Math.exp(logits[i]! - most);
    total += to[i]!;
  }
  for (let i = 0; i < to.length; i++) to[i]! /= total;
}
