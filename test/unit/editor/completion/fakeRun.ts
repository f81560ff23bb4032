import type { RunJob } from '../../../../src/editor/completion/runningJob.ts';
import type { CompleteParams, JobResult } from '../../../../src/worker/protocol.ts';

/** A job in the hands of a test. */
export interface FakeJob {
  readonly job: CompleteParams;
  readonly signal: AbortSignal;
  text: string;
  write(text: string): void;
  /** End the job with all that was written. */
  done(finish?: 'stop' | 'line' | 'length'): void;
  fail(reason: string, message: string): void;
}

/** A worker whose jobs write what the test tells them to. An aborted job ends as `cancelled`. */
export function fakeRun(): { run: RunJob; jobs: FakeJob[] } {
  const jobs: FakeJob[] = [];
  const run: RunJob = (job, signal, onProgress) =>
    new Promise<JobResult>((resolve) => {
      const fake: FakeJob = {
        job,
        signal,
        text: '',
        write: (text) => {
          fake.text += text;
          onProgress({ pieces: [{ text, draft: '' }] });
        },
        done: (finish = 'stop') =>
          resolve({
            type: 'done',
            text: fake.text,
            finish,
            tokens: 1,
            rounds: 1,
            prefilled: 1,
            drafted: 0,
            accepted: 0,
            millis: { prefill: 0, decode: 0 },
            drafts: {},
          }),
        fail: (reason, message) => resolve({ type: 'failed', reason, message }),
      };
      signal.addEventListener('abort', () => resolve({ type: 'cancelled', by: 'client', text: fake.text }));
      jobs.push(fake);
    });
  return { run, jobs };
}

/** Let everything that is ready to run do so. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
