import type {
  Asked,
  JobParams,
  JobProgress,
  JobResult,
  Noticed,
  ServerState,
  SetupParams,
  SetupResult,
} from './protocol.ts';

/** Where the worker process stands. `failed` is an end state until the next `setup` or `restart`. */
export type WorkerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'loading' }
  /**
   * While it rests the models are freed; the next job loads them again. `server`: where it stands, if that has changed since.
   * `adjusted`: it is the same process as before, with other drafts or another state of its server.
   */
  | {
      readonly kind: 'ready';
      readonly setup: SetupResult;
      readonly resting?: boolean;
      readonly adjusted?: boolean;
      readonly server?: ServerState;
    }
  /** The process died; it is started again after `delay` milliseconds. */
  | { readonly kind: 'restarting'; readonly attempt: number; readonly delay: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

/**
 * The worker as the editor sees it. No call throws for a reason that the user could meet. A method for every notice and question
 * of the protocol comes with it: nothing happens when the worker is not ready.
 */
export interface CompletionWorker extends Noticed, Asked {
  readonly state: WorkerState;
  onDidChangeState(listener: (state: WorkerState) => void): { dispose(): void };
  /** Start the process if needed and load models. Calling again with other values loads anew. */
  setup(params: SetupParams): Promise<WorkerState>;
  /** Use the values' pool and policy beside the target that is loaded, which must have been set up with the others. Loads anew where that cannot be. */
  adjust(params: SetupParams): Promise<WorkerState>;
  /**
   * Run a job. `onProgress` gets final text as it comes. Aborting `signal` ends the job within one round with
   * `cancelled`. When the worker dies or is not ready the result is `failed` with a reason.
   */
  run(job: JobParams, signal: AbortSignal, onProgress: (progress: JobProgress) => void): Promise<JobResult>;
  /** End the process, if any, and start it again with the last setup. */
  restart(): Promise<WorkerState>;
  dispose(): void;
}
