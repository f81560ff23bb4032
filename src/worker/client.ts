import { messageOf } from '../errors.ts';
import { type Link, startProcess } from './process.ts';
import type {
  AcceptedParams,
  FeedbackParams,
  FileParams,
  IndexParams,
  IndexResult,
  JobParams,
  JobProgress,
  JobResult,
  SetupParams,
  WarmParams,
} from './protocol.ts';
import type { CompletionWorker, WorkerState } from './worker.ts';

/** Waits between a crash and the next start, in milliseconds; after the last the worker stays down. */
const BACK_OFF = [50, 500, 2000, 8000, 30_000];
/** A worker that lived this long had not crashed at start-up: counting begins anew. */
const STABLE_MILLIS = 60_000;

export interface ClientOptions {
  /** The bundled worker program. */
  readonly modulePath: string;
  readonly log: (line: string) => void;
}

/** A worker process that is kept alive: started when first set up, started again after a crash. */
export function createWorkerClient(options: ClientOptions): CompletionWorker {
  return new WorkerClient(options);
}

class WorkerClient implements CompletionWorker {
  private current: WorkerState = { kind: 'stopped' };
  private readonly listeners = new Set<(state: WorkerState) => void>();
  private readonly files = new Map<string, string>();
  private params: SetupParams | undefined;
  private link: Link | undefined;
  private crashes = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Number of the newest start; what an older one still reports is ignored. */
  private generation = 0;

  constructor(private readonly options: ClientOptions) {}

  get state(): WorkerState {
    return this.current;
  }

  onDidChangeState(listener: (state: WorkerState) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  setup(params: SetupParams): Promise<WorkerState> {
    this.params = params;
    this.crashes = 0;
    return this.start();
  }

  restart(): Promise<WorkerState> {
    this.crashes = 0;
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

  file(params: FileParams): void {
    if (params.text === null) this.files.delete(params.path);
    else this.files.set(params.path, params.text);
    if (this.current.kind === 'ready') this.link?.file(params);
  }

  accepted(params: AcceptedParams): void {
    if (this.current.kind === 'ready') this.link?.accepted(params);
  }

  feedback(params: FeedbackParams): void {
    if (this.current.kind === 'ready') this.link?.feedback(params);
  }

  warm(params: WarmParams): void {
    if (this.current.kind === 'ready') this.link?.warm(params);
  }

  async index(params: IndexParams): Promise<IndexResult | undefined> {
    return this.current.kind === 'ready' ? this.link?.index(params) : undefined;
  }

  async memory(): Promise<number | undefined> {
    return this.current.kind === 'ready' ? this.link?.memory() : undefined;
  }

  dispose(): void {
    this.end();
    this.params = undefined;
    this.enter({ kind: 'stopped' });
    this.listeners.clear();
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
    const started = Date.now();
    const link = startProcess(
      this.options,
      (description) => {
        if (generation === this.generation) this.crashed(description, Date.now() - started);
      },
      (resting) => {
        const { current } = this;
        if (generation === this.generation && current.kind === 'ready') this.enter({ ...current, resting });
      },
    );
    this.link = link;
    try {
      const setup = await link.setup(params);
      if (generation !== this.generation) return this.current;
      for (const [path, text] of this.files) link.file({ path, text });
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

  private crashed(description: string, lived: number): void {
    this.options.log(`The worker ended unexpectedly (${description}).`);
    this.link = undefined;
    if (lived > STABLE_MILLIS) this.crashes = 0;
    const delay = BACK_OFF[this.crashes++];
    if (delay === undefined) {
      this.enter({
        kind: 'failed',
        reason: 'worker-crashes',
        message: `The completion worker ended ${this.crashes} times in a row (${description}). See the log, then restart it with «Slipstream: Restart Worker».`,
      });
      return;
    }
    this.enter({ kind: 'restarting', attempt: this.crashes, delay });
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
