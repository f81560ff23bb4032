import { type DecodeResult, decode, type Piece } from '../engine/decoder.ts';
import { HealingSampler } from '../engine/healing.ts';
import { Evidence } from '../engine/memory/evidence.ts';
import { MemorySampler } from '../engine/memory/memorySampler.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { greedy, type Sampler, type SamplingOptions, seededSampler } from '../engine/sampling.ts';
import { scriptedSampler } from '../engine/script.ts';
import { completionPrompt } from '../prompts/completion.ts';
import { type TaskText, taskPrompt } from '../prompts/task.ts';
import type { Assistant } from './assistant.ts';

export interface CompletionJob {
  readonly path: string;
  readonly language: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly singleLine: boolean;
  readonly maxTokens: number;
  /** The text that the output is to replace, when it rewrites something. */
  readonly original?: string | undefined;
  /** Greedy without it. */
  readonly sampling?: SamplingOptions | undefined;
  /** Text to write instead of what the target would say, for measuring. */
  readonly script?: string | undefined;
}

/** What every job needs beside its own text. */
export interface JobControl {
  readonly policy: Policy;
  readonly signal: AbortSignal;
  readonly onPieces: (pieces: Piece[]) => void;
}

/** Complete at a cursor, whatever was asked before. */
export function complete(
  assistant: Assistant,
  job: CompletionJob,
  control: JobControl,
): Promise<DecodeResult> {
  const prompt = completionPrompt(
    assistant.tokenizer,
    assistant.layout,
    job,
    promptBudget(assistant, job.maxTokens),
  );
  return completePrompt(assistant, prompt, job, control);
}

/** Complete a prompt that was made for the job. */
export function completePrompt(
  assistant: Assistant,
  prompt: readonly number[],
  job: CompletionJob,
  control: JobControl,
): Promise<DecodeResult> {
  return run(assistant, prompt, { ...job, task: 'complete', own: job.path }, control);
}

/** Summarize or translate a text. */
export function runTask(
  assistant: Assistant,
  task: TaskText & { readonly maxTokens: number },
  control: JobControl,
): Promise<DecodeResult> {
  const prompt = taskPrompt(
    assistant.tokenizer,
    task,
    promptBudget(assistant, task.maxTokens),
    assistant.tasks.includes(task.kind),
  );
  return run(assistant, prompt, { ...task, task: task.kind, singleLine: false }, control);
}

function run(
  assistant: Assistant,
  prompt: readonly number[],
  job: Pick<CompletionJob, 'language' | 'singleLine' | 'maxTokens' | 'original' | 'sampling' | 'script'> & {
    readonly task: string;
    /** Name of the job's file in the index, where it completes one. */
    readonly own?: string;
  },
  control: JobControl,
): Promise<DecodeResult> {
  const { target, tokenizer, trie } = assistant;
  const named = assistant.draftsByName.filter(({ id }) => id === control.policy.id);
  const drafts = [...assistant.drafts, ...named];
  const { vocabulary } = tokenizer;
  // Without equal arithmetic at all widths nothing may be reused: see the self-test's notice.
  if (!assistant.selfTest.widthInvariant) target.truncate(0);
  const healed =
    job.script === undefined ? trie.heal(prompt) : { tokens: prompt, required: new Uint8Array() };
  const chooser = remembering(assistant, healed.tokens, job, chooserOf(assistant, job));
  const sampler =
    healed.required.length > 0 ? new HealingSampler(chooser, trie, vocabulary, healed.required) : chooser;
  return decode(
    { target, vocabulary, drafts, policy: control.policy },
    {
      prompt: healed.tokens,
      language: job.language,
      task: job.task,
      skipBytes: healed.required.length,
      original: job.original === undefined ? undefined : tokenizer.encode(job.original),
      own: job.own,
      stop: {
        endTokens: tokenizer.controlTokens,
        maxTokens: job.maxTokens,
        singleLine: job.singleLine,
        stopStrings: [],
      },
    },
    sampler,
    control.signal,
    control.onPieces,
  );
}

function chooserOf(
  { tokenizer }: Assistant,
  { sampling, script }: Pick<CompletionJob, 'sampling' | 'script'>,
): Sampler {
  if (script !== undefined) {
    const [end = -1] = tokenizer.controlTokens;
    return scriptedSampler(tokenizer.encode(script), end);
  }
  return sampling ? seededSampler(sampling) : greedy;
}

/** The target's chooser with the workspace memory, where it is on: for completion, and never for a text that is given. */
function remembering(
  { memory, index }: Assistant,
  prompt: readonly number[],
  { own, script }: { readonly own?: string; readonly script?: string | undefined },
  chooser: Sampler,
): Sampler {
  if (!memory || own === undefined || script !== undefined) return chooser;
  return new MemorySampler(chooser, memory, new Evidence(prompt, index.count > 0 ? index : undefined, own));
}

/** Tokens left for the prompt, at least half of the context. One is kept free for the row that pads a pass. */
export function promptBudget(assistant: Assistant, maxTokens: number): number {
  const context = assistant.target.contextLength;
  return Math.max(Math.floor(context / 2), context - maxTokens - 2);
}
