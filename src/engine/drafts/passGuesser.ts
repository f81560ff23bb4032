import type { Target } from '../target.ts';
import type { Proposal } from './draft.ts';
import type { DraftModel } from './neural.ts';

/** Tokens caught up on between two looks at the cancellation signal. */
const CATCH_UP_CHUNK = 128;

/** Guesses with a model that scores blocks of tokens: a pass for every token, wide passes to catch up. */
export class PassGuesser implements DraftModel {
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
    model.truncate(Math.min(model.resume(text), text.length - 1));
    while (text.length - model.length > CATCH_UP_CHUNK && !signal.aborted) {
      await model.score(text.slice(model.length, model.length + CATCH_UP_CHUNK), 'nothing');
    }
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
}
