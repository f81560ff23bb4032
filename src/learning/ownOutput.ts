import type { DraftSession } from '../engine/drafts/draft.ts';

/**
 * What a draft writes when it is left alone: its likeliest tokens, each guessed on its own text, without the target. Ends
 * after `length` tokens, or where the draft has nothing more to say.
 * @param chunk tokens asked for at a time.
 */
export async function ownOutput(
  session: DraftSession,
  length: number,
  chunk: number,
  signal: AbortSignal,
): Promise<number[]> {
  const output: number[] = [];
  while (output.length < length) {
    const { tokens } = await session.propose(Math.min(chunk, length - output.length), signal);
    if (tokens.length === 0) break;
    session.commit(tokens);
    output.push(...tokens);
  }
  return output;
}
