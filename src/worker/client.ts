import { existsSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { type Crash, crashFailure, missingProgram, waitAfter, waitAtStart } from './crashes.ts';
import { type Link, startProcess } from './process.ts';
import {
  type Asked,
  type JobParams,
  type JobProgress,
  type JobResult,
  type LoadedPart,
  NOTICES,
  type Notice,
  type Noticed,
  QUESTIONS,
  type SetupParams,
} from './protocol.ts';
import type { CompletionWorker, WorkerState } from './worker.ts';

/** A worker that lived this long had not crashed at start-up: counting begins anew. */
const STABLE_MILLIS = 60_000;

export interface ClientOptions {
  /** The bundled worker program. */
  readonly modulePath: string;
  readonly log: (line: string) => void;
}

/** A worker process that is kept alive: started when first set up, started again after a crash. */
export function createWorkerClient(options: ClientOptions): CompletionWorker {
  const client = new WorkerClient(options);
  const methods = <T>(names: object, make: (name: never) => unknown) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, make(name as never)])) as T;
  return Object.assign(
    client,
    methods<Noticed>(NOTICES, (name) => (params: never) => client.tell({ name, params } as Notice)),
    methods<Asked>(QUESTIONS, (name: keyof Asked) => async (...params: never) => {
      const asked = client.ready?.ask[name] as ((...given: never) => Promise<unknown>) | undefined;
      return asked?.(...params);
    }),
  );
}

class WorkerClient implements Omit<CompletionWorker, keyof Noticed | keyof Asked> {
  private current: WorkerState = { kind: 'stopped' };
  private readonly listeners = new Set<(state: WorkerState) => void>();
  private readonly files = new Map<string, string>();
  private params: SetupParams | undefined;
  private link: Link | undefined;
  private crashes = 0;
  /** Crashes since a worker was set up last. */
  private crashesAtStart = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Number of the newest start; what an older one still reports is ignored. */
  private generation = 0;

  constructor(private readonly options: ClientOptions) {}

  get state(): WorkerState {
    return this.current;
  }

  /** The line to a worker that is ready. */
  get ready(): Link | undefined {
    return this.current.kind === 'ready' ? this.link : undefined;
  }

  onDidChangeState(listener: (state: WorkerState) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  setup(params: SetupParams): Promise<WorkerState> {
    this.params = params;
    this.crashes = 0;
    this.crashesAtStart = 0;
    return this.start();
  }

  async adjust(params: SetupParams): Promise<WorkerState> {
    this.params = params;
    const { ready, generation } = this;
    if (!ready) return this.setup(params);
    try {
      const setup = await ready.adjust({ pool: params.pool, policy: params.policy });
      if (generation === this.generation && this.current.kind === 'ready') {
        this.enter({ kind: 'ready', setup, adjusted: true });
      }
    } catch (error) {
      // A process that died meanwhile is started again by who watches it.
      if (generation !== this.generation || this.current.kind !== 'ready') return this.current;
      this.options.log(`The drafts could not be changed beside the model: ${messageOf(error)}`);
      return this.setup(params);
    }
    return this.current;
  }

  restart(): Promise<WorkerState> {
    this.crashes = 0;
    this.crashesAtStart = 0;
    return this.params ? this.start() : Promise.resolve(this.current);
  }

  async run(
    job: JobParams,
    signal: AbortSignal,
    onProgress: (progress: JobProgress) => void,
  ): Promise<JobResult> {
    const state = await this.settled(signal);
    if (signal.aborted) return { type: 'cancelled', by: 'client', text: '' };
    if (state.kind === 'failed') return { type: 'failed', reason: state.reason, message: state.message };
    if (!this.link || state.kind !== 'ready') return notReady();
    return this.link.run(job, signal, onProgress);
  }

  /** Tell a worker that is ready. Open files are remembered for the next one. */
  tell(notice: Notice): void {
    if (notice.name === 'file') this.remember(notice.params.path, notice.params.text);
    if (notice.name === 'forget') for (const path of notice.params.paths) this.remember(path, null);
    this.ready?.tell(notice);
  }

  dispose(): void {
    this.end();
    this.params = undefined;
    this.enter({ kind: 'stopped' });
    this.listeners.clear();
  }

  private remember(path: string, text: string | null): void {
    if (text === null) this.files.delete(path);
    else this.files.set(path, text);
  }

  /** End the process, if any, and whatever was about to start one. */
  private end(): void {
    this.generation++;
    clearTimeout(this.timer);
    this.link?.kill();
    this.link = undefined;
  }

  private async start(): Promise<WorkerState> {
    this.end();
    const generation = this.generation;
    const params = this.params;
    if (!params) return this.current;
    this.enter({ kind: 'loading' });
    const started = performance.now();
    if (!existsSync(this.options.modulePath)) {
      this.enter({
        kind: 'failed',
        reason: 'worker-missing',
        message: missingProgram(this.options.modulePath),
      });
      return this.current;
    }
    let loading: LoadedPart | undefined;
    const link = startProcess(
      { ...this.options, env: params.network ?? {} },
      {
        onEnd: (description) => {
          if (generation === this.generation) this.crashed(description, performance.now() - started, loading);
        },
        onResting: (resting) => {
          const { current } = this;
          if (generation === this.generation && current.kind === 'ready') this.enter({ ...current, resting });
        },
        onServer: (server) => {
          const { current } = this;
          if (generation === this.generation && current.kind === 'ready')
            this.enter({ ...current, server, adjusted: true });
        },
        onLoading: (part) => {
          loading = part;
        },
      },
    );
    this.link = link;
    try {
      const setup = await link.setup(params);
      if (generation !== this.generation) return this.current;
      for (const [path, text] of this.files) link.tell({ name: 'file', params: { path, text } });
      this.crashesAtStart = 0;
      this.enter({ kind: 'ready', setup });
    } catch (error) {
      if (generation !== this.generation || this.current.kind !== 'loading') return this.current;
      // The worker is well but cannot use what it was given: starting it again would not help.
      const { reason = 'setup-failed' } = (error as { data?: { reason?: string } }).data ?? {};
      this.end();
      this.enter({ kind: 'failed', reason, message: messageOf(error) });
    }
    return this.current;
  }

  /** @param loading what it was about to load when it had not been set up */
  private crashed(description: string, lived: number, loading: LoadedPart | undefined): void {
    this.options.log(`The worker ended unexpectedly (${description}).`);
    this.link = undefined;
    if (lived > STABLE_MILLIS) this.crashes = 0;
    const settingUp = this.current.kind === 'loading';
    const crash: Crash = { description, loading: settingUp ? (loading ?? 'nothing') : undefined };
    const delay = settingUp ? waitAtStart(this.crashesAtStart++, crash) : waitAfter(this.crashes++);
    if (delay === undefined) {
      this.enter({ kind: 'failed', ...crashFailure(crash, this.crashes) });
      return;
    }
    this.enter({ kind: 'restarting', attempt: this.crashes + this.crashesAtStart, delay });
    this.timer = setTimeout(() => void this.start(), delay);
  }

  /** The next state in which a job can be answered, at once or with a failure; or the present one on abort. */
  private settled(signal: AbortSignal): Promise<WorkerState> {
    const waits = (state: WorkerState) => state.kind === 'loading' || state.kind === 'restarting';
    return new Promise((resolve) => {
      if (!waits(this.current) || signal.aborted) return resolve(this.current);
      const finish = () => {
        subscription.dispose();
        signal.removeEventListener('abort', finish);
        resolve(this.current);
      };
      const subscription = this.onDidChangeState((state) => {
        if (!waits(state)) finish();
      });
      signal.addEventListener('abort', finish);
    });
  }

  private enter(state: WorkerState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener(state);
  }
}

function notReady(): JobResult {
  return { type: 'failed', reason: 'not-ready', message: 'The completion worker is not running.' };
}
