import type { DecodeResult } from '../engine/decoder.ts';
import type { SamplingOptions } from '../engine/sampling.ts';
import type { Assistant } from '../service/assistant.ts';
import { complete } from '../service/jobs.ts';
import { policyOf } from '../service/policies.ts';
import type { BenchPrompt } from './prompts.ts';
import { median } from './statistics.ts';

/** What one arm did on one prompt. */
export interface Sample {
  readonly arm: string;
  readonly prompt: BenchPrompt;
  /** Median over repeats of the time from the end of prefill to the last token, in milliseconds. */
  readonly millis: number;
  readonly tokens: number;
  readonly rounds: number;
  /** Whether every token was that of plain decoding. */
  readonly identical: boolean;
}

/** How every arm decodes. */
export interface ArmOptions {
  readonly maxTokens: number;
  /** Greedy without it. */
  readonly sampling?: SamplingOptions | undefined;
}

/** Plain decoding with passes of one row: what a decoder without drafts would do. */
export const ONE_ROW = 'none-1row';

/**
 * Run every arm on one prompt. Arms take turns within each repeat, so that a machine whose speed drifts slows
 * all of them alike. One uncounted turn warms the caches of target and drafts, as typing would have done.
 *
 * @param turn number of this prompt; it rotates the order of the arms.
 */
export async function runPrompt(
  assistant: Assistant,
  prompt: BenchPrompt,
  arms: readonly string[],
  options: ArmOptions & { readonly repeat: number; readonly turn: number },
): Promise<Sample[]> {
  const document = `${prompt.path} after the cursor`;
  assistant.index.put(document, assistant.tokenizer.encode(prompt.suffix));
  const reference = await runArm(assistant, prompt, 'none', options);
  const identical = new Map<string, boolean>();
  const times = new Map<string, number[]>(arms.map((arm) => [arm, []]));
  const results = new Map<string, DecodeResult>();
  for (let repeat = -1; repeat < options.repeat; repeat++) {
    for (let i = 0; i < arms.length; i++) {
      const arm = arms[(i + options.turn + repeat + 1) % arms.length]!;
      const result = await runArm(assistant, prompt, arm, options);
      results.set(arm, result);
      const same = result.text === reference.text && result.ids.join() === reference.ids.join();
      identical.set(arm, same && identical.get(arm) !== false);
      if (repeat >= 0) times.get(arm)!.push(result.millis.decode);
    }
  }
  assistant.index.remove(document);
  return arms.map((arm) => ({
    arm,
    prompt,
    millis: median(times.get(arm)!),
    // The end token costs a row like any other, so it counts for speed.
    tokens: results.get(arm)!.ids.length,
    rounds: results.get(arm)!.rounds,
    identical: identical.get(arm) === true,
  }));
}

async function runArm(
  assistant: Assistant,
  prompt: BenchPrompt,
  arm: string,
  { maxTokens, sampling }: ArmOptions,
): Promise<DecodeResult> {
  const { target } = assistant;
  const oneRow = arm === ONE_ROW;
  const job = { ...prompt, singleLine: false, maxTokens, sampling };
  const control = { signal: new AbortController().signal, onPieces: () => undefined };
  const policy = policyOf(oneRow ? 'none' : arm, assistant);
  if (!oneRow) return complete(assistant, job, { policy, ...control });
  try {
    target.minimumRows = 1;
    return await complete(assistant, job, { policy, ...control });
  } finally {
    target.minimumRows = 2;
    // What one-row passes wrote into the cache differs in the last bits: nobody may go on from it.
    target.truncate(0);
  }
}
