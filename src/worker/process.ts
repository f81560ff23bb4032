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
import { boundToParent } from './boundToParent.ts';
import { ask, hear, tell } from './line.ts';
import {
  type AdjustParams,
  type Asked,
  type JobParams,
  type JobProgress,
  type JobResult,
  jobProgress,
  jobProgressType,
  type LoadedPart,
  NOTICES,
  type Notice,
  QUESTIONS,
  REPORTS,
  type ServerState,
  type SetupParams,
  type SetupResult,
  WORK,
} from './protocol.ts';
import { isStopped, Watchdog } from './watchdog.ts';

/**
 * Read by the allocator of Linux (glibc). Once a large piece was freed, it takes pieces of that size from its heap from then on
 * and keeps what falls free there: a hundred megabytes after a model was loaded. A threshold that is set stays.
 */
const ALLOCATOR = { MALLOC_TRIM_THRESHOLD_: '131072' };

/**
 * Megabytes for young objects of the scripts, of which the engine holds three such pieces. Its own choice of 16 is made for programs
 * that make many; passes make few, and while models are loaded it would grow to the full size and stay there.
 */
const YOUNG = '--max-semi-space-size=2';

/** One worker process and the line to it. */
export interface Link {
  readonly pid: number | undefined;
  /** @throws ResponseError with `data.reason`, or an error when the process dies. */
  setup(params: SetupParams): Promise<SetupResult>;
  /** @throws as `setup`. */
  adjust(params: AdjustParams): Promise<SetupResult>;
  /** Never throws: a process that dies makes the job `failed` with reason `worker-died`. */
  run(job: JobParams, signal: AbortSignal, onProgress: (progress: JobProgress) => void): Promise<JobResult>;
  tell(notice: Notice): void;
  /** Undefined when the process dies. */
  readonly ask: Asked;
  kill(): void;
}

/** Who wants to know what becomes of a process. */
export interface LinkListener {
  /** Called once when the process ends by itself, with how. */
  onEnd(description: string): void;
  /** The worker has freed its models, or loaded them again. */
  onResting?(resting: boolean): void;
  /** The server is left alone, or asked again. */
  onServer?(state: ServerState): void;
  /** The worker is about to load a part. */
  onLoading?(part: LoadedPart): void;
}

/** A job's way over the line. */
interface RunLine {
  readonly connection: MessageConnection;
  readonly watchdog: Watchdog;
  /** Names the job's progress. */
  readonly token: string;
}

export function startProcess(
  options: {
    readonly modulePath: string;
    readonly log: (line: string) => void;
    /** Variables that count before those of this process. */
    readonly env?: Readonly<Record<string, string>>;
  },
  { onEnd, onResting, onServer, onLoading }: LinkListener,
): Link {
  const child = fork(options.modulePath, [], {
    // Inherited flags (an inspector's port, a loader) are meant for the parent.
    ...boundToParent([YOUNG]),
    env: { ...ALLOCATOR, ...process.env, ...options.env, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) logLines(stream, options.log);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.onError(([error]) => options.log(`The line to the worker failed: ${error.message}`));
  hear(
    connection,
    REPORTS,
    {
      resting: ({ resting }) => onResting?.(resting),
      server: (state) => onServer?.(state),
      loading: ({ part }) => onLoading?.(part),
    },
    (error) => options.log(messageOf(error)),
  );
  connection.listen();
  let hung: string | undefined;
  const watchdog = new Watchdog({
    ping: () => ask(connection, WORK, 'alive', undefined),
    isStopped: () => isStopped(child.pid),
    onHang: (why) => {
      hung = why;
      // It cannot end itself any more.
      child.kill('SIGKILL');
    },
  });
  watchEnd(child, connection, (description) => {
    watchdog.end();
    onEnd(hung ?? description);
  });

  let tokens = 0;
  return {
    pid: child.pid,
    setup: (params) => watchdog.during(ask(connection, WORK, 'setup', params)),
    adjust: (params) => watchdog.during(ask(connection, WORK, 'adjust', params)),
    run: (job, signal, onProgress) =>
      runOver({ connection, watchdog, token: String(++tokens) }, job, signal, onProgress),
    tell: ({ name, params }) => void tell(connection, NOTICES, name, params),
    ask: Object.fromEntries(
      (Object.keys(QUESTIONS) as (keyof Asked)[]).map((name) => [
        name,
        (params?: never) => ask(connection, QUESTIONS, name, params as never).catch(() => undefined),
      ]),
    ) as unknown as Asked,
    kill: () => {
      watchdog.end();
      child.removeAllListeners('exit');
      connection.dispose();
      child.kill('SIGKILL');
    },
  };
}

async function runOver(
  { connection, watchdog, token }: RunLine,
  job: JobParams,
  signal: AbortSignal,
  onProgress: (progress: JobProgress) => void,
): Promise<JobResult> {
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  const progress = connection.onProgress(jobProgressType, token, (value) => {
    const checked = jobProgress.safeParse(value);
    if (checked.success) onProgress(checked.data);
  });
  signal.addEventListener('abort', cancel);
  try {
    return await watchdog.during(ask(connection, WORK, 'job', { job, progress: token }, source.token));
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
