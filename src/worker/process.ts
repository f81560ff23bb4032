import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { messageOf } from '../errors.ts';
import {
  type AcceptedParams,
  acceptedNotification,
  type FeedbackParams,
  type FileParams,
  feedbackNotification,
  fileNotification,
  type IndexParams,
  type IndexResult,
  indexRequest,
  indexResult,
  type JobParams,
  type JobProgress,
  type JobResult,
  jobProgress,
  jobProgressType,
  jobRequest,
  jobResult,
  memoryRequest,
  restingNotification,
  type SetupParams,
  type SetupResult,
  setupRequest,
  setupResult,
  type WarmParams,
  warmNotification,
} from './protocol.ts';

/** One worker process and the line to it. */
export interface Link {
  readonly pid: number | undefined;
  /** @throws ResponseError with `data.reason`, or an error when the process dies. */
  setup(params: SetupParams): Promise<SetupResult>;
  /** Never throws: a process that dies makes the job `failed` with reason `worker-died`. */
  run(job: JobParams, signal: AbortSignal, onProgress: (progress: JobProgress) => void): Promise<JobResult>;
  file(params: FileParams): void;
  accepted(params: AcceptedParams): void;
  feedback(params: FeedbackParams): void;
  warm(params: WarmParams): void;
  /** Resolves when the files are in the index; undefined when the process dies. */
  index(params: IndexParams): Promise<IndexResult | undefined>;
  memory(): Promise<number>;
  kill(): void;
}

/**
 * @param onEnd called once when the process ends by itself, with how.
 * @param onResting called when the worker has freed its models, and when it has loaded them again.
 */
export function startProcess(
  options: { readonly modulePath: string; readonly log: (line: string) => void },
  onEnd: (description: string) => void,
  onResting: (resting: boolean) => void = () => undefined,
): Link {
  const child = fork(options.modulePath, [], {
    // Inherited flags (an inspector's port, a loader) are meant for the parent.
    execArgv: [],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) logLines(stream, options.log);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.onError(([error]) => options.log(`The line to the worker failed: ${error.message}`));
  connection.onNotification(restingNotification, ({ resting }) => onResting(resting === true));
  connection.listen();
  watchEnd(child, connection, onEnd);

  let tokens = 0;
  return {
    pid: child.pid,
    setup: async (params) => setupResult.parse(await connection.sendRequest(setupRequest, params)),
    async run(job, signal, onProgress) {
      const token = String(++tokens);
      const source = new CancellationTokenSource();
      const cancel = () => source.cancel();
      const progress = connection.onProgress(jobProgressType, token, (value) => {
        const checked = jobProgress.safeParse(value);
        if (checked.success) onProgress(checked.data);
      });
      signal.addEventListener('abort', cancel);
      try {
        const result = await connection.sendRequest(jobRequest, { job, progress: token }, source.token);
        return jobResult.parse(result);
      } catch (error) {
        if (signal.aborted) return { type: 'cancelled', by: 'client', text: '' };
        return {
          type: 'failed',
          reason: 'worker-died',
          message: `The worker ended while it answered (${messageOf(error)}).`,
        };
      } finally {
        signal.removeEventListener('abort', cancel);
        progress.dispose();
        source.dispose();
      }
    },
    file: (params) => void connection.sendNotification(fileNotification, params).catch(() => undefined),
    accepted: (params) =>
      void connection.sendNotification(acceptedNotification, params).catch(() => undefined),
    feedback: (params) =>
      void connection.sendNotification(feedbackNotification, params).catch(() => undefined),
    warm: (params) => void connection.sendNotification(warmNotification, params).catch(() => undefined),
    index: async (params) => {
      try {
        return indexResult.parse(await connection.sendRequest(indexRequest, params));
      } catch {
        return undefined;
      }
    },
    memory: () => connection.sendRequest(memoryRequest),
    kill: () => {
      child.removeAllListeners('exit');
      connection.dispose();
      child.kill('SIGKILL');
    },
  };
}

function watchEnd(
  child: ChildProcess,
  connection: MessageConnection,
  onEnd: (description: string) => void,
): void {
  let ended = false;
  const end = (description: string) => {
    if (ended) return;
    ended = true;
    // Rejects what waits for an answer that will not come.
    connection.dispose();
    onEnd(description);
  };
  child.on('error', (error) => end(error.message));
  child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit status ${code}`));
}

function logLines(stream: Readable | null, log: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', log);
}
