import { ProgressType } from 'vscode-jsonrpc';
import * as z from 'zod';

/**
 * What the editor and the worker say to each other. Both ends check what comes in: the other process may be
 * of another version, or broken.
 */

/** What a worker loads, in this order. */
const loadedPart = z.enum(['library', 'model']);
export type LoadedPart = z.infer<typeof loadedPart>;

/** A server that completes in the model's place. */
const remoteParams = z.object({
  url: z.string(),
  model: z.string(),
  /** Empty for a server that wants none. */
  key: z.string(),
  /** How it is told of the text after the cursor. */
  fim: z.string(),
  /** Most characters around the cursor that are sent. */
  context: z.number().int().min(1),
  /** Milliseconds until its first text. */
  timeout: z.number().int().min(1),
});
export type RemoteParams = z.infer<typeof remoteParams>;

/** How the worker is set up. Sent once after every start. */
const setupParams = z.object({
  /** Folder of the target in hub lay-out; empty for the bundled one. */
  model: z.string(),
  /** Ids of the drafts that may be used; empty for all. */
  pool: z.array(z.string()),
  /** `trained`, `trained+online`, `rule`, `none` or `fixed:<draft id>`. */
  policy: z.string(),
  /** Threads of the target; 0 for the number of physical cores. */
  threads: z.number().int().min(0).max(256),
  /** What the target runs on. */
  executionProvider: z.enum(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml']).default('cpu'),
  /** Megabytes for text to copy from; 0 takes open files alone. */
  indexMiB: z.number().min(0).max(4096).default(64),
  /** Minutes without a job after which the models are freed until the next; 0 keeps them. */
  idleUnload: z.number().min(0).max(10_000).default(0),
  /** File of the trained policy; empty for the bundled one. */
  policyFile: z.string().default(''),
  /** Whether the file and the workspace weigh in on every token; `auto`: with the bundled target alone. */
  workspaceMemory: z.enum(['auto', 'on', 'off']).default('auto'),
  /** Folder for what may be kept from start to start, measured times for instance; empty to keep nothing. */
  storage: z.string().default(''),
  /** Folder of the workspace for the numbers that a policy learns; empty to learn anew each time. */
  learnt: z.string().default(''),
  /** Without it nobody is asked anything. */
  remote: remoteParams.optional(),
  /** Variables of the environment that the process is started with: how servers are reached. */
  network: z.record(z.string(), z.string()).default({}),
});
export type SetupParams = z.input<typeof setupParams>;
export type CheckedSetupParams = z.output<typeof setupParams>;

/** What can be set anew beside models that are loaded. */
const adjustParams = setupParams.pick({ pool: true, policy: true });
export type AdjustParams = z.output<typeof adjustParams>;

const draftInfo = z.object({
  id: z.string(),
  kind: z.enum(['copy', 'ngram', 'ensemble', 'neural']),
  languages: z.array(z.string()),
  description: z.string(),
  /** Whether it is in the pool, ready to guess. */
  loaded: z.boolean(),
  /** Bytes of its weights, where it has any. */
  bytes: z.number().optional(),
  /** Milliseconds of one guess on this machine, where it takes time. */
  millis: z.number().optional(),
});
export type DraftInfo = z.infer<typeof draftInfo>;

/** A server that is used, and why it is left alone just now. */
const serverState = z.object({
  host: z.string(),
  model: z.string(),
  away: z.object({ reason: z.string(), message: z.string() }).optional(),
});
export type ServerState = z.infer<typeof serverState>;

const setupResult = z.object({
  /** `base`, `tiny` or the folder's name, and why it is this one: a clause. */
  model: z.string(),
  because: z.string(),
  contextLength: z.number(),
  /** Milliseconds of a token without drafts on this machine, as measured. */
  tokenMillis: z.number().optional(),
  /** The policy that is truly used. */
  policy: z.string().optional(),
  drafts: z.array(draftInfo),
  /** Tasks that the target was trained for; `complete` is always one. */
  tasks: z.array(z.string()),
  /** The server that is asked before the model. */
  server: serverState.optional(),
  /** Settings that could not be followed, a sentence each with what is done instead: worth telling the user. */
  problems: z.array(z.string()),
  /** Sentences worth logging: drafts left out and why, a self-test that failed. */
  notices: z.array(z.string()),
  millis: z.number(),
});
export type SetupResult = z.infer<typeof setupResult>;

const completeParams = z.object({
  kind: z.literal('complete'),
  path: z.string(),
  language: z.string(),
  prefix: z.string(),
  suffix: z.string(),
  singleLine: z.boolean(),
  maxTokens: z.number().int().min(1).max(4096),
  /** The text that the output is to replace, when it rewrites something. */
  original: z.string().optional(),
  /** Texts that are there already: the output begins otherwise. */
  unlike: z.array(z.string()).optional(),
  /** Nobody waits for it yet: it runs only while nothing else does. */
  idle: z.boolean().optional(),
  /** The policy to decode with in place of the set one, for measuring: then nothing is remembered of the job. */
  policy: z.string().optional(),
});
export type CompleteParams = z.infer<typeof completeParams>;

const taskParams = z.object({
  kind: z.enum(['summarize', 'translate']),
  text: z.string(),
  language: z.string(),
  /** For translate: the natural or programming language to translate to. */
  to: z.string(),
  maxTokens: z.number().int().min(1).max(4096),
});
export type TaskParams = z.infer<typeof taskParams>;

const jobParams = z.discriminatedUnion('kind', [completeParams, taskParams]);
export type JobParams = z.infer<typeof jobParams>;

const draftCount = z.object({ rounds: z.number(), drafted: z.number(), accepted: z.number() });

/** What a job came to; every end has a name. */
const jobResult = z.discriminatedUnion('type', [
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
    /** The server that wrote it: then nothing was decoded here, and counts of rounds and drafts are zero. */
    server: z.string().optional(),
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
const fileParams = z.object({ path: z.string(), text: z.string().nullable() });
export type FileParams = z.infer<typeof fileParams>;

/** Files of the workspace that are not open, for the index. `text: null` takes one away. */
const indexParams = z.object({ files: z.array(fileParams) });
export type IndexParams = z.infer<typeof indexParams>;

const indexResult = z.object({
  /** `full`: some were left out, send no more; `off`: none is wanted. */
  state: z.enum(['taken', 'full', 'off']),
  texts: z.number(),
  tokens: z.number(),
  capacity: z.number(),
});
export type IndexResult = z.infer<typeof indexResult>;

/** Files of which nothing may be known any more: excluded, or ignored by version control. */
const forgetParams = z.object({ paths: z.array(z.string()) });
export type ForgetParams = z.infer<typeof forgetParams>;

/** Where the next completion is likely to be asked for. */
const warmParams = completeParams.pick({
  path: true,
  language: true,
  prefix: true,
  suffix: true,
  maxTokens: true,
});
export type WarmParams = z.infer<typeof warmParams>;

/** Text that the user accepted, worth copying from later. */
const acceptedParams = z.object({ path: z.string(), text: z.string() });
export type AcceptedParams = z.infer<typeof acceptedParams>;

/** What the user thinks of a suggestion: how many tokens of it each draft had guessed, and no text. */
export const feedbackParams = z.object({
  verdict: z.enum(['good', 'bad']),
  language: z.string(),
  /** By draft id. */
  drafts: z.record(z.string(), z.number().int().min(0)),
});
export type FeedbackParams = z.infer<typeof feedbackParams>;

/** What the editor tells the worker and wants no answer to. A message is declared here and heard in `main.ts`. */
export const NOTICES = {
  /** An open file, or with `text: null` its closing. Remembered across restarts. */
  file: fileParams,
  /** These files may not be copied from any more, nor what was accepted in them. */
  forget: forgetParams,
  accepted: acceptedParams,
  /** What the user thinks of a suggestion. */
  feedback: feedbackParams,
  /** Read the beginning of the next prompt in advance, if nothing else is to do; any job ends it. */
  warm: warmParams,
} as const;

/** What the editor asks a worker that is ready, and the shape of the answer. */
export const QUESTIONS = {
  /** Answered when the files are in the index, which waits while a job runs. A new process starts with none. */
  index: { params: indexParams, answer: indexResult },
  /** Resident memory of the worker in bytes, for the status view. */
  residentBytes: { params: z.undefined(), answer: z.number() },
} as const;

/** Requests that a worker answers in its own time, under the client's care. */
export const WORK = {
  /** Loads models; answers when the worker can take jobs. Rejected with a ResponseError whose data is `{reason}`. */
  setup: { params: setupParams, answer: setupResult },
  /** Uses other drafts or another policy beside the same target; jobs that run are not touched. Answered and rejected as `setup`. */
  adjust: { params: adjustParams, answer: setupResult },
  /** Runs a job: one at a time, the newest wins. Cancelled through the request's cancellation token. */
  job: { params: z.object({ job: jobParams, progress: z.string() }), answer: jobResult },
  /** Answered as soon as the worker's loop turns; asked while something else is waited for. */
  alive: { params: z.undefined(), answer: z.literal(true) },
} as const;

/** What the worker tells of itself. */
export const REPORTS = {
  /** Whether the models have been freed because nobody asked for long. */
  resting: z.object({ resting: z.boolean() }),
  /** What has become of the server. */
  server: serverState,
  /** What it is about to load; it may not live to say more. */
  loading: z.object({ part: loadedPart }),
} as const;

export const jobProgressType = new ProgressType<JobProgress>();

type Notices = typeof NOTICES;
type Questions = typeof QUESTIONS;

/** A notice by name, and what it says. */
export type Notice = {
  [K in keyof Notices]: { readonly name: K; readonly params: z.input<Notices[K]> };
}[keyof Notices];

/** A method for every notice. */
export type Noticed = {
  [K in keyof Notices]: (params: z.input<Notices[K]>) => void;
};

/** A method for every question; undefined where no worker is ready. */
export type Asked = {
  [K in keyof Questions]: (
    ...params: undefined extends z.input<Questions[K]['params']> ? [] : [z.input<Questions[K]['params']>]
  ) => Promise<z.output<Questions[K]['answer']> | undefined>;
};
