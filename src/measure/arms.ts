// This folder: arms taking turns on prompts, statistics, the report's table.

import type { DecodeResult } from '../engine/decoder.ts';
import { noDraft } from '../engine/policy/fixed.ts';
import type { Policy } from '../engine/policy/policy.ts';
import type { SamplingOptions } from '../engine/sampling.ts';
import { complete } from '../inference/jobs.ts';
import type { Pipeline } from '../inference/pipeline.ts';
import { policyOf } from '../inference/policies.ts';
import type { BenchPrompt } from './prompts.ts';
import { median } from './statistics.ts';

/** What one arm did on one prompt. */
export interface ArmSample {
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
  /** Write the expected text of a prompt that has one, instead of what the target says. */
  readonly scripted?: boolean | undefined;
}

/** Plain decoding with passes of one row: what a decoder without drafts would do. */
export const ONE_ROW = 'none-1row';

/** One way to decode. Its policy lives as long as the run, as it does in the product. */
export interface Arm {
  readonly name: string;
  readonly policy: Policy;
}

/** Arms by name: `none`, `none-1row`, `policy`, a draft, a draft with a length. @throws UserError `unknown-draft`. */
export function armsOf(names: readonly string[], pipeline: Pipeline): Arm[] {
  return names.map((name) => ({ name, policy: policyOf(name === ONE_ROW ? 'none' : name, pipeline) }));
}

/**
 * Run every arm on one prompt. Arms take turns within each repeat, so that a machine whose speed drifts slows
 * all of them alike. One uncounted turn warms the caches of target and drafts, as typing would have done. What is in the index
 * is up to the caller.
 *
 * @param turn number of this prompt; it rotates the order of the arms.
 */
export async function runPrompt(
  pipeline: Pipeline,
  prompt: BenchPrompt,
  arms: readonly Arm[],
  options: ArmOptions & { readonly repeat: number; readonly turn: number },
): Promise<ArmSample[]> {
  const reference = await runArm(pipeline, prompt, { name: 'none', policy: noDraft }, options);
  const identical = new Map<string, boolean>();
  const times = new Map<string, number[]>(arms.map(({ name }) => [name, []]));
  const results = new Map<string, DecodeResult>();
  for (let repeat = -1; repeat < options.repeat; repeat++) {
    for (let i = 0; i < arms.length; i++) {
      const arm = arms[(i + options.turn + repeat + 1) % arms.length]!;
      const result = await runArm(pipeline, prompt, arm, options);
      results.set(arm.name, result);
      const same = result.text === reference.text && result.ids.join() === reference.ids.join();
      identical.set(arm.name, same && identical.get(arm.name) !== false);
      if (repeat >= 0) times.get(arm.name)!.push(result.millis.decode);
    }
  }
  return arms.map(({ name }) => ({
    arm: name,
    prompt,
    millis: median(times.get(name)!),
    // The end token costs a row like any other, so it counts for speed.
    tokens: results.get(name)!.ids.length,
    rounds: results.get(name)!.rounds,
    identical: identical.get(name) === true,
  }));
}

async function runArm(
  pipeline: Pipeline,
  prompt: BenchPrompt,
  { name, policy }: Arm,
  { maxTokens, sampling, scripted }: ArmOptions,
): Promise<DecodeResult> {
  const { target } = pipeline;
  const script = scripted ? prompt.expected : undefined;
  const job = { ...prompt, singleLine: false, maxTokens, sampling, script };
  const control = { signal: new AbortController().signal, onPieces: () => undefined };
  if (name !== ONE_ROW) return complete(pipeline, job, { policy, ...control });
  const rows = target.rowMultiple;
  try {
    target.rowMultiple = 1;
    return await complete(pipeline, job, { policy, ...control });
  } finally {
    target.rowMultiple = rows;
    // What one-row passes wrote into the cache differs in the last bits: nothing may go on from it.
    target.truncate(0);
  }
}
