import type { CompletionContext } from '../../suggestion/context.ts';
import type { CompleteParams, JobProgress, JobResult } from '../../worker/protocol.ts';
import { Generation } from './generation.ts';

/** Runs a job; the part of the worker that completions need. */
export type RunJob = (
  job: CompleteParams,
  signal: AbortSignal,
  onProgress: (progress: JobProgress) => void,
) => Promise<JobResult>;

/** A job in the worker and its text so far. Requests come and go; the job lives while its text fits. */
export class RunningJob {
  readonly generation: Generation;
  result: JobResult | undefined;
  readonly finished: Promise<JobResult>;
  private readonly controller = new AbortController();
  private readonly waiting = new Set<() => void>();

  constructor(
    run: RunJob,
    context: CompletionContext,
    options: Pick<CompleteParams, 'singleLine' | 'maxTokens' | 'original' | 'unlike' | 'idle'>,
  ) {
    this.generation = new Generation(context);
    const job: CompleteParams = {
      kind: 'complete',
      path: context.path,
      language: context.language,
      prefix: context.prefix,
      suffix: context.suffix,
      ...options,
    };
    this.finished = run(job, this.controller.signal, (progress) => this.grow(progress)).then((result) =>
      this.finish(result),
    );
  }

  cancel(): void {
    this.controller.abort();
  }

  get cancelled(): boolean {
    return this.controller.signal.aborted;
  }

  /** Wait until there is more text, the job has ended, or the signal is aborted. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.result) return resolve();
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private grow(progress: JobProgress): void {
    for (const piece of progress.pieces) {
      this.generation.text += piece.text;
      this.generation.pieces.push(piece);
    }
    this.wake();
  }

  private finish(result: JobResult): JobResult {
    if (result.type === 'done') {
      this.generation.text = result.text;
      const counts = Object.entries(result.drafts);
      this.generation.drafts = Object.fromEntries(counts.map(([id, { accepted }]) => [id, accepted]));
    }
    this.generation.finish = result.type === 'done' ? result.finish : 'cut';
    this.result = result;
    this.wake();
    return result;
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}
