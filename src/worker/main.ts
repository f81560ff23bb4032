import path from 'node:path';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { messageOf, UserError } from '../errors.ts';
import { type JobControl, runTask } from '../service/jobs.ts';
import { check } from './check.ts';
import { TextTaker } from './files.ts';
import { Models, type Ready } from './models.ts';
import {
  acceptedNotification,
  acceptedParams,
  type CheckedSetupParams,
  feedbackNotification,
  feedbackParams,
  fileNotification,
  fileParams,
  indexParams,
  indexRequest,
  type JobParams,
  type JobResult,
  jobParams,
  jobProgressType,
  jobRequest,
  memoryRequest,
  restingNotification,
  type SetupResult,
  setupParams,
  setupRequest,
  warmNotification,
  warmParams,
} from './protocol.ts';
import { Scheduler } from './scheduler.ts';

/** Error code of a failed setup; the range is free for applications. */
const SETUP_FAILED = 1;
/** While a job runs, text of the workspace waits this long before it looks again, in milliseconds. */
const LOOK_AGAIN = 25;

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const scheduler = new Scheduler();
const never = new AbortController().signal;
const texts = new TextTaker(quiet);
let models: Models | undefined;

connection.onRequest(setupRequest, async (raw) => {
  try {
    return await setUp(check(setupParams, raw));
  } catch (error) {
    const reason = error instanceof UserError ? error.reason : 'setup-failed';
    throw new ResponseError(SETUP_FAILED, messageOf(error), { reason });
  }
});

connection.onRequest(jobRequest, async (raw, token): Promise<JobResult> => {
  try {
    const { job, progress } = check(z.object({ job: jobParams, progress: z.string() }), raw);
    if (!models) return { type: 'failed', reason: 'not-ready', message: 'The worker has no model yet.' };
    return await runJob(await models.use(), job, progress, token);
  } catch (error) {
    const reason = error instanceof UserError ? error.reason : 'internal';
    console.error(error);
    return { type: 'failed', reason, message: messageOf(error) };
  } finally {
    models?.ended();
  }
});

connection.onNotification(fileNotification, (raw) => texts.file(check(fileParams, raw)));
connection.onNotification(acceptedNotification, (raw) => texts.accept(check(acceptedParams, raw)));
connection.onRequest(indexRequest, (raw) => texts.workspace(check(indexParams, raw).files));

connection.onNotification(warmNotification, async (raw) => {
  const job = check(warmParams, raw);
  const ready = await models?.present;
  if (ready) whenIdle((signal) => ready.session.warm(job, signal));
});

connection.onNotification(feedbackNotification, (raw) => models?.verdict(check(feedbackParams, raw)));

connection.onRequest(memoryRequest, () => process.memoryUsage().rss);
// The editor has gone: nobody is left to work for.
process.on('disconnect', () => process.exit(0));
connection.listen();

async function setUp(params: CheckedSetupParams): Promise<SetupResult> {
  models = undefined;
  const loaded = await Models.load({
    params,
    bundled: path.join(__dirname, '..', 'models'),
    log: (line) => console.error(line),
    busy: () => scheduler.busy,
    whenIdle,
    onResting: (resting) => void connection.sendNotification(restingNotification, { resting }),
    onLoaded: ({ index, tokenizer }, neighbours) => {
      const encode = (text: string) => tokenizer.encode(text);
      texts.start({ index, neighbours, encode, workspace: params.indexMemory > 0 });
    },
  });
  models = loaded.models;
  const { assistant } = loaded.ready;
  return {
    model: assistant.folder.name,
    contextLength: assistant.target.contextLength,
    drafts: assistant.facts.map((facts) => ({ ...facts, languages: [...facts.languages] })),
    tasks: [...assistant.tasks],
    problems: [...models.problems],
    notices: [...assistant.notices],
    millis: assistant.loadMillis,
  };
}

async function runJob(
  { assistant, policy, session }: Ready,
  job: JobParams,
  progress: string,
  token: CancellationToken,
): Promise<JobResult> {
  const client = new AbortController();
  const subscription = token.onCancellationRequested(() => client.abort());
  if (token.isCancellationRequested) client.abort();
  let sent = '';
  const work = (signal: AbortSignal) => {
    const control: JobControl = {
      policy,
      signal,
      onPieces: (pieces) => {
        sent += pieces.map(({ text }) => text).join('');
        const named = pieces.map(({ text, draft }) => ({ text, draft: draft ?? '' }));
        void connection.sendProgress(jobProgressType, progress, { pieces: named });
      },
    };
    return job.kind === 'complete' ? session.complete(job, control) : runTask(assistant, job, control);
  };
  try {
    const urgency = job.kind === 'complete' ? 'automatic' : 'explicit';
    const ran = await scheduler.run(urgency, client.signal, work);
    if (ran.type === 'skipped') return { type: 'cancelled', by: ran.by, text: '' };
    const { finish, ids: _ids, ...result } = ran.value;
    if (finish === 'cancelled') {
      return { type: 'cancelled', by: ran.superseded ? 'superseded' : 'client', text: sent };
    }
    return { type: 'done', finish, ...result };
  } finally {
    subscription.dispose();
  }
}

/** Run something that nobody waits for, if nothing else is to do. */
function whenIdle(work: (signal: AbortSignal) => Promise<void>): void {
  void scheduler.run('idle', never, work).catch(console.error);
}

/** Resolves when no job runs, at the earliest in the next turn of the loop. */
async function quiet(): Promise<void> {
  await turn();
  while (scheduler.busy) await delay(LOOK_AGAIN);
}
