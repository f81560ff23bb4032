import type { Target } from '../target.ts';
import type { Draft, DraftContext, DraftSession, Proposal } from './draft.ts';

/** Tokens caught up on between two looks at the cancellation signal. */
const CATCH_UP_CHUNK = 128;

/**
 * A small language model with the target's vocabulary, decoded greedily. The model keeps the KV of the
 * common prefix from request to request; what was committed without it is caught up on in wide passes.
 */
export class NeuralDraft implements Draft {
  constructor(
    readonly id: string,
    readonly languages: readonly string[],
    private readonly model: Target,
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
      // What the model holds beyond the text are guesses of its own that may turn out right.
      behind: () => Math.max(0, text.length - model.length),
      propose: (limit, signal) => propose(model, text, limit, signal),
    };
  }
}

async function propose(
  model: Target,
  text: readonly number[],
  limit: number,
  signal: AbortSignal,
): Promise<Proposal> {
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
