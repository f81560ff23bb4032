// This folder: the process boundary: typed JSON-RPC (`protocol.ts`), the process and its restarts (`process.ts`, `client.ts`), the program itself (`main.ts`), one job at a time (`scheduler.ts`).

import path from 'node:path';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { paddedRows, passMillis } from '../engine/policy/costs.ts';
import { failureOf, UserError } from '../errors.ts';
import { complete, type JobControl, runTask } from '../inference/jobs.ts';
import type { Pipeline } from '../inference/pipeline.ts';
import { policyOf } from '../inference/policies.ts';
import { TextTaker } from './files.ts';
import { answer, hear, tell } from './line.ts';
import { logFailure } from './logLines.ts';
import { Models } from './models.ts';
import {
  type CheckedSetupParams,
  type JobParams,
  type JobResult,
  jobProgressType,
  NOTICES,
  QUESTIONS,
  REPORTS,
  type SetupResult,
  WORK,
} from './protocol.ts';
import { RemoteJobs } from './remoteJobs.ts';
import { Scheduler } from './scheduler.ts';

/** Error code of a failed setup; the range is free for applications. */
const SETUP_FAILED = 1;
/** While a job runs, text of the workspace waits this long before it looks again, in milliseconds. */
const LOOK_AGAIN = 25;
const NOT_READY = 'The worker has no model yet.';
/** Tokens before a pass whose time is told. */
const USUAL_CONTEXT = 256;

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const scheduler = new Scheduler();
const never = new AbortController().signal;
const texts = new TextTaker(quiet);
let models: Models | undefined;
let server: RemoteJobs | undefined;

answer(connection, WORK, {
  setup: (read) => refusing(() => setUp(read())),
  adjust: (read) =>
    refusing(async () => {
      const params = read();
      if (!models) throw new UserError('not-ready', NOT_READY);
      const begun = performance.now();
      const { pipeline } = await models.adjust(params);
      return resultOf(models, pipeline, performance.now() - begun);
    }),
  alive: () => true as const,
  job: async (read, token): Promise<JobResult> => {
    try {
      const { job, progress } = read();
      if (!models) return { type: 'failed', reason: 'not-ready', message: NOT_READY };
      return await runJob(models, job, progress, token);
    } catch (error) {
      const failure = failureOf(error);
      logFailure(failure.message, error);
      return { type: 'failed', ...failure };
    }
  },
});

answer(connection, QUESTIONS, {
  index: (read) => texts.workspace(read().files),
  residentBytes: () => process.memoryUsage().rss,
});

hear(
  connection,
  NOTICES,
  {
    file: (params) => texts.file(params),
    forget: (params) => texts.forget(params),
    accepted: (params) => texts.accept(params),
    feedback: (params) => models?.learning.verdict(params),
    warm: async (job) => {
      // The server reads for itself.
      if (server && !server.state.away) return;
      const ready = await models?.present;
      if (ready) whenIdle((signal) => ready.session.warm(job, ready.policy, signal));
    },
  },
  (error) => logFailure(failureOf(error).message, error),
);

// The editor has gone.
process.on('disconnect', () => process.exit(0));
connection.listen();

async function setUp(params: CheckedSetupParams): Promise<SetupResult> {
  models = undefined;
  server = undefined;
  const loaded = await Models.load({
    params,
    bundled: path.join(__dirname, '..', 'models'),
    log: (line) => console.error(line),
    onLoading: (part) => tell(connection, REPORTS, 'loading', { part }),
    busy: () => scheduler.busy,
    whenIdle,
    quiet,
    onResting: (resting) => void tell(connection, REPORTS, 'resting', { resting }),
    onLoaded: ({ index, tokenizer }, neighbours) => {
      const encode = (text: string) => tokenizer.encode(text);
      texts.start({ index, neighbours, encode, workspace: params.indexMiB > 0 });
    },
  });
  models = loaded.models;
  const { pipeline } = loaded.ready;
  const wrong: string[] = [];
  server = RemoteJobs.open(params.remote, (state) => void tell(connection, REPORTS, 'server', state), wrong);
  const result = resultOf(models, pipeline, pipeline.loaded.millis);
  return { ...result, problems: [...result.problems, ...wrong] };
}

/** A failure of the models, as the editor is told of it. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { reason, message } = failureOf(error);
    logFailure(message, error);
    throw new ResponseError(SETUP_FAILED, message, { reason });
  }
}

function resultOf({ policyName, problems }: Models, pipeline: Pipeline, millis: number): SetupResult {
  return {
    model: pipeline.loaded.name,
    because: pipeline.loaded.because,
    contextLength: pipeline.target.contextLength,
    tokenMillis: passMillis(pipeline.costs.target, paddedRows(1), USUAL_CONTEXT),
    policy: policyName,
    drafts: pipeline.loaded.drafts.map((facts) => ({
      ...facts,
      languages: [...facts.languages],
      millis: pipeline.costs.drafts[facts.id]?.token,
    })),
    tasks: [...pipeline.tasks],
    server: server?.state,
    problems: [...problems],
    notices: [...pipeline.loaded.notices],
    millis,
  };
}

async function runJob(
  models: Models,
  job: JobParams,
  progress: string,
  token: CancellationToken,
): Promise<JobResult> {
  const client = new AbortController();
  const subscription = token.onCancellationRequested(() => client.abort());
  if (token.isCancellationRequested) client.abort();
  let sent = '';
  const send = (pieces: readonly { readonly text: string; readonly draft?: string | undefined }[]) => {
    sent += pieces.map(({ text }) => text).join('');
    const named = pieces.map(({ text, draft }) => ({ text, draft: draft ?? '' }));
    void connection.sendProgress(jobProgressType, progress, { pieces: named });
  };
  const work = async (signal: AbortSignal): Promise<JobResult | 'cancelled'> => {
    const there = await atServer(job, signal, (text) => send([{ text }]));
    return there ?? (await here(models, job, { signal, onPieces: send }));
  };
  try {
    // What is measured was asked for by name, as a task is.
    const byItself = job.kind === 'complete' && job.policy === undefined;
    const urgency = !byItself ? 'explicit' : job.idle ? 'idle' : 'automatic';
    const ran = await scheduler.run(urgency, client.signal, work);
    if (ran.type === 'skipped') return { type: 'cancelled', by: ran.by, text: '' };
    if (ran.value !== 'cancelled') return ran.value;
    return { type: 'cancelled', by: ran.superseded ? 'superseded' : 'client', text: sent };
  } finally {
    subscription.dispose();
  }
}

/** A completion at the server, where one is used; undefined where it is to be made here. What is measured is made here. */
async function atServer(
  job: JobParams,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<JobResult | 'cancelled' | undefined> {
  if (job.kind !== 'complete' || job.policy !== undefined) return undefined;
  return server?.run(job, signal, onText);
}

/** A job on the models of this machine, which are loaded again if they rest. */
async function here(
  models: Models,
  job: JobParams,
  running: Pick<JobControl, 'signal' | 'onPieces'>,
): Promise<JobResult | 'cancelled'> {
  try {
    const { pipeline, policy, session } = await models.use();
    const control: JobControl = { ...running, policy };
    const decoded = () => {
      if (job.kind !== 'complete') return runTask(pipeline, job, control);
      if (job.policy === undefined) return session.complete(job, control);
      return complete(pipeline, job, { ...control, policy: policyOf(job.policy, pipeline) });
    };
    const { finish, ids: _ids, ...result } = await decoded();
    return finish === 'cancelled' ? 'cancelled' : { type: 'done', finish, ...result };
  } finally {
    models.ended();
  }
}

/** Run something that nobody waits for, if nothing else is to do. */
function whenIdle(work: (signal: AbortSignal) => Promise<void>): void {
  void scheduler
    .run('idle', never, work)
    .catch((error: unknown) => logFailure(failureOf(error).message, error));
}

/** Resolves when no job runs, at the earliest in the next turn of the loop. */
async function quiet(): Promise<void> {
  await turn();
  while (scheduler.busy) await delay(LOOK_AGAIN);
}
