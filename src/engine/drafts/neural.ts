import type { Target } from '../target.ts';
import type { Draft, DraftContext, DraftSession, Proposal } from './draft.ts';

/**
 * A small language model with the target's vocabulary, decoded greedily. The model keeps the KV of the
 * common prefix from request to request; what was committed without it is caught up on in one pass.
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
    return {
      commit: (tokens) => {
        text.push(...tokens);
      },
      matchLength: () => 0,
      propose: (limit) => propose(model, text, limit),
    };
  }
}

async function propose(model: Target, text: readonly number[], limit: number): Promise<Proposal> {
  const room = model.contextLength - text.length;
  if (room < 2) return { tokens: [] };
  const kept = Math.min(model.resume(text), text.length - 1);
  model.truncate(kept);
  const tokens: number[] = [];
  let block = text.slice(kept);
  while (tokens.length < Math.min(limit, room - 1)) {
    const scores = await model.score(block, 'argmax');
    const token = scores.argmax(scores.rows - 1);
    tokens.push(token);
    block = [token];
  }
  return { tokens };
}
