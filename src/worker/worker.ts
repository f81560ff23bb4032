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
  SetupResult,
  WarmParams,
} from './protocol.ts';

/** Where the worker process stands. `failed` is an end state until the next `setup` or `restart`. */
export type WorkerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'loading' }
  /** While it rests the models are freed; the next job loads them again. */
  | { readonly kind: 'ready'; readonly setup: SetupResult; readonly resting?: boolean }
  /** The process died; it is started again after `delay` milliseconds. */
  | { readonly kind: 'restarting'; readonly attempt: number; readonly delay: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

/** The worker as the editor sees it. No call throws for a reason that the user could meet. */
export interface CompletionWorker {
  readonly state: WorkerState;
  onDidChangeState(listener: (state: WorkerState) => void): { dispose(): void };
  /** Start the process if needed and load models. Calling again with other values loads anew. */
  setup(params: SetupParams): Promise<WorkerState>;
  /**
   * Run a job. `onProgress` gets final text as it comes. Aborting `signal` ends the job within one round with
   * `cancelled`. When the worker dies or is not ready the result is `failed` with a reason.
   */
  run(job: JobParams, signal: AbortSignal, onProgress: (progress: JobProgress) => void): Promise<JobResult>;
  /** Tell of an open file, or with `text: null` of its closing. Remembered across restarts. */
  file(params: FileParams): void;
  accepted(params: AcceptedParams): void;
  /** Tell what the user thinks of a suggestion; nothing happens when the worker is not ready. */
  feedback(params: FeedbackParams): void;
  /**
   * Tell of files of the workspace that are not open. Not remembered: a new process starts with none. Resolves when
   * they are in the index, with undefined when there is no worker to take them.
   */
  index(params: IndexParams): Promise<IndexResult | undefined>;
  /** Let an idle worker read the text around the cursor in advance; nothing happens when it is not ready or at work. */
  warm(params: WarmParams): void;
  /** Resident bytes of the process, or undefined when there is none. */
  memory(): Promise<number | undefined>;
  /** End the process, if any, and start it again with the last setup. */
  restart(): Promise<WorkerState>;
  dispose(): void;
}
