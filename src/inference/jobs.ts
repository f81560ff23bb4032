import {
  type DecodeRequest,
  type DecodeResult,
  decode,
  type Ensemble,
  type Piece,
} from '../engine/decoder.ts';
import { DivergingSampler } from '../engine/diverging.ts';
import { HealingSampler } from '../engine/healing.ts';
import { Evidence } from '../engine/memory/evidence.ts';
import { MemorySampler } from '../engine/memory/memorySampler.ts';
import { sliceWithin } from '../engine/policy/costs.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { readAhead } from '../engine/reading.ts';
import { greedy, type Sampler, type SamplingOptions, seededSampler } from '../engine/sampling.ts';
import { scriptedSampler } from '../engine/script.ts';
import { completionPrompt } from '../prompts/completion.ts';
import { type TaskText, taskPrompt } from '../prompts/task.ts';
import { aroundWithoutSecrets, withoutSecrets } from '../secrets/scan.ts';
import type { Pipeline } from './pipeline.ts';

export interface CompletionJob {
  readonly path: string;
  readonly language: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly singleLine: boolean;
  readonly maxTokens: number;
  /** The text that the output is to replace, when it rewrites something. */
  readonly original?: string | undefined;
  /** Texts that the output shall begin otherwise than: an alternative is asked for. */
  readonly unlike?: readonly string[] | undefined;
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
  /** Whether somebody waits for the first letter; see {@link Ensemble}. */
  readonly awaited?: boolean;
}

/** Complete at a cursor, whatever was asked before. */
export function complete(
  pipeline: Pipeline,
  asked: CompletionJob,
  control: JobControl,
): Promise<DecodeResult> {
  const job = shownJob(asked);
  const prompt = completionPrompt(
    pipeline.tokenizer,
    pipeline.layout,
    job,
    promptBudget(pipeline, job.maxTokens),
  );
  return completePrompt(pipeline, prompt, job, control);
}

/** A job as models may see it: without what looks like a secret, which nothing may copy from. */
export function shownJob<
  T extends { prefix: string; suffix: string; original?: string | undefined; script?: string | undefined },
>(job: T): T {
  const { original, script } = job;
  return {
    ...job,
    ...aroundWithoutSecrets(job.prefix, job.suffix),
    ...(original === undefined ? {} : { original: withoutSecrets(original) }),
    ...(script === undefined ? {} : { script: withoutSecrets(script) }),
  };
}

/** Complete a prompt that was made for the job, as {@link shownJob} gives it. */
export function completePrompt(
  pipeline: Pipeline,
  prompt: readonly number[],
  job: CompletionJob,
  control: JobControl,
): Promise<DecodeResult> {
  const { path, prefix, suffix } = job;
  const around = { path, prefix, suffix };
  return run(pipeline, prompt, { ...job, task: 'complete', own: path, around }, control);
}

/** Summarize or translate a text. */
export function runTask(
  pipeline: Pipeline,
  task: TaskText & { readonly maxTokens: number },
  control: JobControl,
): Promise<DecodeResult> {
  const prompt = taskPrompt(
    pipeline.tokenizer,
    { ...task, text: withoutSecrets(task.text) },
    promptBudget(pipeline, task.maxTokens),
    pipeline.tasks.includes(task.kind),
  );
  return run(pipeline, prompt, { ...task, task: task.kind, singleLine: false }, control);
}

function run(
  pipeline: Pipeline,
  prompt: readonly number[],
  job: Pick<
    CompletionJob,
    'language' | 'singleLine' | 'maxTokens' | 'original' | 'unlike' | 'sampling' | 'script'
  > & {
    readonly task: string;
    /** Name of the job's file in the index, where it completes one. */
    readonly own?: string;
    /** The text around its cursor. */
    readonly around?: DecodeRequest['text'];
  },
  control: JobControl,
): Promise<DecodeResult> {
  const { target, tokenizer, trie } = pipeline;
  const { vocabulary } = tokenizer;
  // Without equal arithmetic at all widths nothing may be reused: see the self-test's notice.
  if (!pipeline.selfTest.widthInvariant) target.truncate(0);
  const healed =
    job.script === undefined ? trie.heal(prompt) : { tokens: prompt, required: new Uint8Array() };
  const usual = remembering(pipeline, healed.tokens, job, chooserOf(pipeline, job));
  const chooser = job.unlike ? new DivergingSampler(usual, vocabulary, healed.required, job.unlike) : usual;
  const sampler =
    healed.required.length > 0 ? new HealingSampler(chooser, trie, vocabulary, healed.required) : chooser;
  return decode(
    { ...ensembleOf(pipeline, control.policy), awaited: control.awaited ?? false },
    {
      prompt: healed.tokens,
      language: job.language,
      task: job.task,
      skipBytes: healed.required.length,
      original: job.original === undefined ? undefined : tokenizer.encode(job.original),
      own: job.own,
      text: job.around,
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

function ensembleOf(pipeline: Pipeline, policy: Policy): Ensemble {
  const named = pipeline.draftsByName.filter(({ id }) => policy.uses?.(id) === true);
  return {
    target: pipeline.target,
    vocabulary: pipeline.tokenizer.vocabulary,
    drafts: [...pipeline.drafts, ...named],
    policy,
    slice: sliceOf(pipeline),
  };
}

/** Read a completion's prompt before it is asked for, until the signal is aborted. @param job as {@link shownJob} gives it */
export async function readPromptAhead(
  pipeline: Pipeline,
  prompt: readonly number[],
  { path, language, prefix, suffix }: Pick<CompletionJob, 'path' | 'language' | 'prefix' | 'suffix'>,
  { policy, signal }: Pick<JobControl, 'policy' | 'signal'>,
): Promise<void> {
  const { tokens, required } = pipeline.trie.heal(prompt);
  const text = { path, prefix, suffix };
  const request = { prompt: tokens, language, skipBytes: required.length, own: path, text };
  await readAhead(ensembleOf(pipeline, policy), request, signal);
}

/** Milliseconds between two looks at the signal while a prompt is read: a keystroke must not wait longer. */
const SLICE_MILLIS = 30;

/** Tokens of a prompt that are read at once. */
function sliceOf({ costs }: Pipeline): number {
  return sliceWithin(costs.target, SLICE_MILLIS);
}

function chooserOf(
  { tokenizer }: Pipeline,
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
  { memory, index }: Pipeline,
  prompt: readonly number[],
  { own, script }: { readonly own?: string; readonly script?: string | undefined },
  chooser: Sampler,
): Sampler {
  if (!memory || own === undefined || script !== undefined) return chooser;
  return new MemorySampler(chooser, memory, new Evidence(prompt, index.count > 0 ? index : undefined, own));
}

/**
 * Tokens left for the prompt: no more than the model's card says, else at least half of the context. One is kept free for the
 * row that pads a pass. It depends on nothing that was measured, so that the text does not either.
 */
export function promptBudget({ target, layout }: Pipeline, maxTokens: number): number {
  const context = target.contextLength;
  const room = Math.max(Math.floor(context / 2), context - maxTokens - 2);
  return Math.min(room, layout.tokens ?? room);
}
