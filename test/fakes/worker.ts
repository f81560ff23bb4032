import type {
  AcceptedParams,
  FeedbackParams,
  FileParams,
  ForgetParams,
  IndexParams,
  JobParams,
  JobProgress,
  JobResult,
  SetupParams,
  SetupResult,
  WarmParams,
} from '../../src/worker/protocol.ts';
import type { CompletionWorker, WorkerState } from '../../src/worker/worker.ts';

export const setupResult: SetupResult = {
  model: 'toy',
  because: 'it is the only one',
  contextLength: 64,
  drafts: [],
  tasks: ['complete'],
  problems: [],
  notices: [],
  millis: 1,
};

/** A job that a test answers. */
export interface HeldJob {
  readonly job: JobParams;
  readonly signal: AbortSignal;
  write(text: string): void;
  done(text: string, finish?: 'stop' | 'line' | 'length'): void;
  end(result: JobResult): void;
}

/** A worker whose state and answers a test gives; what it was told is kept. */
export class FakeWorker implements CompletionWorker {
  state: WorkerState = { kind: 'stopped' };
  readonly setups: SetupParams[] = [];
  /** Setups of which only pool and policy are new. */
  readonly adjustments: SetupParams[] = [];
  readonly jobs: HeldJob[] = [];
  readonly files: FileParams[] = [];
  readonly acceptedTexts: AcceptedParams[] = [];
  readonly verdicts: FeedbackParams[] = [];
  readonly indexed: IndexParams[] = [];
  readonly warmed: WarmParams[] = [];
  restarts = 0;
  resident: number | undefined;
  /** What it becomes as soon as it is set up or restarted. */
  next: WorkerState = { kind: 'ready', setup: setupResult };
  private readonly listeners = new Set<(state: WorkerState) => void>();

  become(state: WorkerState): void {
    this.state = state;
    for (const listener of [...this.listeners]) listener(state);
  }

  onDidChangeState(listener: (state: WorkerState) => void) {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  async setup(params: SetupParams): Promise<WorkerState> {
    this.setups.push(params);
    this.become(this.next);
    return this.state;
  }

  async adjust(params: SetupParams): Promise<WorkerState> {
    this.adjustments.push(params);
    this.become(this.next);
    return this.state;
  }

  run(job: JobParams, signal: AbortSignal, onProgress: (progress: JobProgress) => void): Promise<JobResult> {
    return new Promise((resolve) => {
      const end = (result: JobResult) => resolve(result);
      this.jobs.push({
        job,
        signal,
        write: (text) => onProgress({ pieces: [{ text, draft: 'suffix' }] }),
        done: (text, finish = 'stop') => end(doneWith(text, finish)),
        end,
      });
      signal.addEventListener('abort', () => end({ type: 'cancelled', by: 'client', text: '' }));
    });
  }

  file = (params: FileParams) => void this.files.push(params);
  readonly forgotten: string[] = [];
  forget = ({ paths }: ForgetParams) => void this.forgotten.push(...paths);
  accepted = (params: AcceptedParams) => void this.acceptedTexts.push(params);
  feedback = (params: FeedbackParams) => void this.verdicts.push(params);
  warm = (params: WarmParams) => void this.warmed.push(params);

  async index(params: IndexParams) {
    this.indexed.push(params);
    return { state: 'taken' as const, texts: this.indexed.length, tokens: 1, capacity: 100 };
  }

  async residentBytes() {
    return this.resident;
  }

  async restart(): Promise<WorkerState> {
    this.restarts++;
    this.become(this.next);
    return this.state;
  }

  dispose(): void {
    this.listeners.clear();
  }
}

function doneWith(text: string, finish: 'stop' | 'line' | 'length'): JobResult {
  return {
    type: 'done',
    text,
    finish,
    tokens: 3,
    rounds: 1,
    prefilled: 1,
    drafted: 2,
    accepted: 2,
    millis: { prefill: 0, decode: 0 },
    drafts: { suffix: { rounds: 1, drafted: 2, accepted: 2 } },
  };
}
