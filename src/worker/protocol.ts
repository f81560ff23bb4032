import { NotificationType, ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import * as z from 'zod';

/**
 * What the editor and the worker say to each other. Both ends check what comes in: the other process may be
 * of another version, or broken.
 */

/** How the worker is set up. Sent once after every start. */
export const setupParams = z.object({
  /** Folder of the target in hub lay-out; empty for the bundled one. */
  model: z.string(),
  /** Ids of the drafts that may be used; empty for all. */
  pool: z.array(z.string()),
  /** `trained`, `trained+online`, `rule`, `none` or `fixed:<draft id>`. */
  policy: z.string(),
  /** Threads of the target; 0 for the number of physical cores. */
  threads: z.number().int().min(0).max(256),
  /** Megabytes for text to copy from; 0 takes open files alone. */
  indexMemory: z.number().min(0).max(4096).default(64),
  /** Minutes without a job after which the models are freed until the next; 0 keeps them. */
  idleUnload: z.number().min(0).max(100_000).default(0),
  /** File of the trained policy; empty for the bundled one. */
  policyFile: z.string().default(''),
  /** Whether the file and the workspace weigh in on every token; `auto`: with the bundled target alone. */
  workspaceMemory: z.enum(['auto', 'on', 'off']).default('auto'),
  /** Folder for what may be kept from start to start, measured times for instance; empty to keep nothing. */
  storage: z.string().default(''),
  /** Folder of the workspace for the numbers that a policy learns; empty to learn anew each time. */
  learnt: z.string().default(''),
});
export type SetupParams = z.input<typeof setupParams>;
export type CheckedSetupParams = z.output<typeof setupParams>;

export const draftInfo = z.object({
  id: z.string(),
  kind: z.enum(['copy', 'ngram', 'ensemble', 'neural']),
  languages: z.array(z.string()),
  description: z.string(),
  /** Whether it is in the pool, ready to guess. */
  loaded: z.boolean(),
});
export type DraftInfo = z.infer<typeof draftInfo>;

export const setupResult = z.object({
  model: z.string(),
  contextLength: z.number(),
  drafts: z.array(draftInfo),
  /** Tasks that the target was trained for; `complete` is always one. */
  tasks: z.array(z.string()),
  /** Settings that could not be followed, a sentence each with what is done instead: worth telling the user. */
  problems: z.array(z.string()),
  /** Sentences worth logging: drafts left out and why, a self-test that failed. */
  notices: z.array(z.string()),
  millis: z.number(),
});
export type SetupResult = z.infer<typeof setupResult>;

export const completeParams = z.object({
  kind: z.literal('complete'),
  path: z.string(),
  language: z.string(),
  prefix: z.string(),
  suffix: z.string(),
  singleLine: z.boolean(),
  maxTokens: z.number().int().min(1).max(4096),
  /** The text that the output is to replace, when it rewrites something. */
  original: z.string().optional(),
});
export type CompleteParams = z.infer<typeof completeParams>;

export const taskParams = z.object({
  kind: z.enum(['summarize', 'translate']),
  text: z.string(),
  language: z.string(),
  /** For translate: the natural or programming language to translate to. */
  to: z.string(),
  maxTokens: z.number().int().min(1).max(4096),
});
export type TaskParams = z.infer<typeof taskParams>;

export const jobParams = z.discriminatedUnion('kind', [completeParams, taskParams]);
export type JobParams = z.infer<typeof jobParams>;

const draftCount = z.object({ rounds: z.number(), drafted: z.number(), accepted: z.number() });

/** What a job came to; every end has a name. */
export const jobResult = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('done'),
    text: z.string(),
    finish: z.enum(['stop', 'line', 'length']),
    tokens: z.number(),
    rounds: z.number(),
    /** Tokens of the prompt that had to be read; the KV of the others was there. */
    prefilled: z.number(),
    drafted: z.number(),
    accepted: z.number(),
    millis: z.object({ prefill: z.number(), decode: z.number() }),
    drafts: z.record(z.string(), draftCount),
  }),
  z.object({
    type: z.literal('cancelled'),
    /** `client`: the editor asked; `superseded`: a newer job took its place; `busy`: a job that the user asked for is running. */
    by: z.enum(['client', 'superseded', 'busy']),
    text: z.string(),
  }),
  z.object({ type: z.literal('failed'), reason: z.string(), message: z.string() }),
]);
export type JobResult = z.infer<typeof jobResult>;

/** Text that has become final, with the draft it came from (`''`: the target itself). */
export const jobProgress = z.object({
  pieces: z.array(z.object({ text: z.string(), draft: z.string() })),
});
export type JobProgress = z.infer<typeof jobProgress>;

/** A file that completions may copy from. `text: null` takes it away again. */
export const fileParams = z.object({ path: z.string(), text: z.string().nullable() });
export type FileParams = z.infer<typeof fileParams>;

/** Files of the workspace that are not open, for the index. `text: null` takes one away. */
export const indexParams = z.object({ files: z.array(fileParams) });
export type IndexParams = z.infer<typeof indexParams>;

export const indexResult = z.object({
  /** `full`: some were left out, send no more; `off`: none is wanted. */
  state: z.enum(['taken', 'full', 'off']),
  texts: z.number(),
  tokens: z.number(),
  capacity: z.number(),
});
export type IndexResult = z.infer<typeof indexResult>;

/** Where the next completion is likely to be asked for. */
export const warmParams = completeParams.pick({ path: true, prefix: true, suffix: true, maxTokens: true });
export type WarmParams = z.infer<typeof warmParams>;

/** Text that the user accepted, worth copying from later. */
export const acceptedParams = z.object({ path: z.string(), text: z.string() });
export type AcceptedParams = z.infer<typeof acceptedParams>;

/** What the user thinks of a suggestion: how many tokens of it each draft had guessed, and no text. */
export const feedbackParams = z.object({
  verdict: z.enum(['good', 'bad']),
  language: z.string(),
  /** By draft id. */
  drafts: z.record(z.string(), z.number().int().min(0)),
});
export type FeedbackParams = z.infer<typeof feedbackParams>;

/** Loads models; answers when the worker can take jobs. Rejected with a ResponseError whose data is `{reason}`. */
export const setupRequest = new RequestType<SetupParams, SetupResult, { reason: string }>('slipstream/setup');
/** Runs a job: one at a time, the newest wins. Cancelled through the request's cancellation token. */
export const jobRequest = new RequestType<{ job: JobParams; progress: string }, JobResult, void>(
  'slipstream/job',
);
export const jobProgressType = new ProgressType<JobProgress>();
export const fileNotification = new NotificationType<FileParams>('slipstream/file');
export const acceptedNotification = new NotificationType<AcceptedParams>('slipstream/accepted');
export const feedbackNotification = new NotificationType<FeedbackParams>('slipstream/feedback');
/** Answered when the files are in the index, which waits while a job runs. */
export const indexRequest = new RequestType<IndexParams, IndexResult, void>('slipstream/index');
/** From the worker: whether the models have been freed because nobody asked for long. */
export const restingNotification = new NotificationType<{ resting: boolean }>('slipstream/resting');
/** Read the beginning of the next prompt in advance, if nothing else is to do; any job ends it. */
export const warmNotification = new NotificationType<WarmParams>('slipstream/warm');
/** Resident memory of the worker in bytes, for the status view. */
export const memoryRequest = new RequestType0<number, void>('slipstream/memory');
