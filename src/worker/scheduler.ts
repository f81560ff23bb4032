/**
 * `automatic` jobs come with typing; `explicit` ones were asked for by name and are not dropped for typing. Nobody waits
 * for an `idle` one: it runs only when nothing else does.
 */
export type Urgency = 'idle' | 'automatic' | 'explicit';

/** What became of a job: it ran to its own end, or was never (fully) run, and why. */
export type Ran<T> =
  | { readonly type: 'ran'; readonly value: T; readonly superseded: boolean }
  | { readonly type: 'skipped'; readonly by: 'superseded' | 'busy' | 'client' };

interface Running {
  readonly urgency: Urgency;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * One job at a time, the newest wins: a new job ends the running one, which looks at its signal in every
 * round, and takes the place of one that waits. Only an explicit job is not ended for an automatic one, and none for
 * an idle one but another idle one.
 */
export class Scheduler {
  private running: Running | undefined;
  /** Number of the newest job; a waiting job that is not the newest gives up. */
  private newest = 0;
  private waiting = 0;

  /** Whether a job runs or waits. */
  get busy(): boolean {
    return this.running !== undefined || this.waiting > 0;
  }

  /**
   * @param client aborted when the caller no longer wants the job.
   * @param job gets a signal that is aborted by the client or by a newer job; must settle soon after.
   */
  async run<T>(
    urgency: Urgency,
    client: AbortSignal,
    job: (signal: AbortSignal) => Promise<T>,
  ): Promise<Ran<T>> {
    if (this.running && !mayEnd(urgency, this.running.urgency)) return { type: 'skipped', by: 'busy' };
    // An idle job that runs is ended for one that waits already.
    if (urgency === 'idle' && this.waiting > 0) return { type: 'skipped', by: 'busy' };
    const number = ++this.newest;
    this.waiting++;
    while (this.running && number === this.newest) {
      this.running.abort.abort();
      await this.running.ended;
    }
    this.waiting--;
    if (number !== this.newest) return { type: 'skipped', by: 'superseded' };
    if (client.aborted) return { type: 'skipped', by: 'client' };

    const abort = new AbortController();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.running = { urgency, abort, ended };
    try {
      const value = await job(AbortSignal.any([abort.signal, client]));
      return { type: 'ran', value, superseded: abort.signal.aborted };
    } finally {
      this.running = undefined;
      end();
    }
  }
}

/** Whether a new job may take the place of a running one. */
function mayEnd(urgency: Urgency, running: Urgency): boolean {
  if (urgency === 'idle') return running === 'idle';
  return urgency === 'explicit' || running !== 'explicit';
}
