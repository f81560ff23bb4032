import path from 'node:path';
import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import * as z from 'zod';
import type { Policy } from '../engine/policy/policy.ts';
import { messageOf, UserError } from '../errors.ts';
import { headText } from '../prompts/window.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import { type Assistant, loadAssistant } from '../service/assistant.ts';
import { type JobControl, runTask } from '../service/jobs.ts';
import { policyOf } from '../service/policies.ts';
import { CompletionSession } from '../service/session.ts';
import {
  acceptedNotification,
  acceptedParams,
  fileNotification,
  fileParams,
  type JobParams,
  type JobResult,
  jobParams,
  jobProgressType,
  jobRequest,
  memoryRequest,
  type SetupParams,
  type SetupResult,
  setupParams,
  setupRequest,
  warmNotification,
  warmParams,
} from './protocol.ts';
import { Scheduler } from './scheduler.ts';

/** Error code of a failed setup; the range is free for applications. */
const SETUP_FAILED = 1;
/** Characters that are tokenized at a stretch: a few milliseconds' worth. */
const PIECE_CHARS = 4096;

interface Ready {
  readonly assistant: Assistant;
  readonly policy: Policy;
  readonly session: CompletionSession;
}

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const scheduler = new Scheduler();
const never = new AbortController().signal;
/** Files told of before the models are there; the newest text of each. */
const files = new Map<string, string | null>();
let ready: Ready | undefined;
let acceptedCount = 0;
let indexing = false;

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
    if (!ready) return { type: 'failed', reason: 'not-ready', message: 'The worker has no model yet.' };
    return await runJob(ready, job, progress, token);
  } catch (error) {
    const reason = error instanceof UserError ? error.reason : 'internal';
    console.error(error);
    return { type: 'failed', reason, message: messageOf(error) };
  }
});

connection.onNotification(fileNotification, (raw) => {
  const { path: name, text } = check(fileParams, raw);
  files.set(name, text);
  setImmediate(() => void takeFiles());
});

connection.onNotification(acceptedNotification, (raw) => {
  const { path: name, text } = check(acceptedParams, raw);
  ready?.assistant.index.put(
    `accepted ${acceptedCount++} in ${name}`,
    ready.assistant.tokenizer.encode(text),
  );
});

connection.onNotification(warmNotification, (raw) => {
  const job = check(warmParams, raw);
  const { session } = ready ?? {};
  if (session) void scheduler.run('idle', never, (signal) => session.warm(job, signal)).catch(console.error);
});

connection.onRequest(memoryRequest, () => process.memoryUsage().rss);
// The editor has gone: nobody is left to work for.
process.on('disconnect', () => process.exit(0));
connection.listen();

async function setUp(params: SetupParams): Promise<SetupResult> {
  ready = undefined;
  const bundled = path.join(__dirname, '..', 'models');
  const assistant = await loadAssistant({ ...params, bundled });
  const problems = [...assistant.problems];
  const policy = policyOrRule(params.policy, assistant, problems);
  ready = { assistant, policy, session: new CompletionSession(assistant) };
  void takeFiles();
  return {
    model: assistant.folder.name,
    contextLength: assistant.target.contextLength,
    drafts: assistant.facts.map((facts) => ({ ...facts, languages: [...facts.languages] })),
    tasks: [...assistant.tasks],
    problems,
    notices: [...assistant.notices],
    millis: assistant.loadMillis,
  };
}

/** A policy that does not exist must not stop completion: the rule stands in, and the user is told. */
function policyOrRule(name: string, assistant: Assistant, problems: string[]): Policy {
  try {
    return policyOf(name, assistant);
  } catch (error) {
    problems.push(`${messageOf(error)} The rule chooses instead.`);
    return policyOf('rule', assistant);
  }
}

async function runJob(
  { assistant, policy, session }: Ready,
  job: JobParams,
  progress: string,
  token: CancellationToken,
): Promise<JobResult> {
  const client = new AbortController();
  const subscription = token.onCancellationRequested(() => client.abort());
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

/** Index what has been told of, one file after the other. */
async function takeFiles(): Promise<void> {
  if (indexing) return;
  indexing = true;
  try {
    for (let next = files.entries().next(); ready && !next.done; next = files.entries().next()) {
      const [name, text] = next.value;
      const { session, assistant } = ready;
      const { index, tokenizer } = assistant;
      files.delete(name);
      if (text === null) {
        index.remove(name);
        session.files.remove(name);
      } else {
        session.files.put(name, text);
        index.put(name, await encodeInPieces(tokenizer, text));
      }
    }
  } finally {
    indexing = false;
  }
}

/** Tokens of a long text, with room between its pieces for jobs and their cancelling: a file must not delay typing. */
async function encodeInPieces(tokenizer: Tokenizer, text: string): Promise<number[]> {
  const tokens: number[] = [];
  for (let from = 0; from < text.length; ) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    const piece = headText(text.slice(from), PIECE_CHARS);
    for (const token of tokenizer.encode(piece)) tokens.push(token);
    from += piece.length;
  }
  return tokens;
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UserError(
    'bad-message',
    `The editor and the worker do not understand each other (${issue?.path.join('.')}: ${issue?.message}). Reload the window.`,
  );
}
