import type { Target } from '../target.ts';
import type { Proposal } from './draft.ts';
import type { DistributionModel, DraftModel } from './neural.ts';

/** Tokens caught up on between two looks at the cancellation signal. */
const CATCH_UP_CHUNK = 128;

/** Guesses with a model that scores blocks of tokens: a pass for every token, wide passes to catch up. */
export class PassGuesser implements DraftModel, DistributionModel {
  constructor(private readonly model: Target) {}

  get length(): number {
    return this.model.length;
  }

  resume(text: readonly number[]): void {
    this.model.resume(text);
  }

  async guess(text: readonly number[], limit: number, signal: AbortSignal): Promise<Proposal> {
    const { model } = this;
    const room = model.contextLength - text.length;
    if (room < 2) return { tokens: [] };
    await this.catchUp(text, signal);
    const tokens: number[] = [];
    let block = text.slice(model.length);
    while (tokens.length < Math.min(limit, room - 1) && !signal.aborted) {
      const scores = await model.score(block, 'argmax');
      const token = scores.argmax(scores.rows - 1);
      tokens.push(token);
      block = [token];
    }
    return { tokens };
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
