/** `automatic` jobs come with typing; `explicit` ones were asked for by name and are not dropped for typing. */
export type Urgency = 'automatic' | 'explicit';

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
 * round, and takes the place of one that waits. Only an explicit job is not ended for an automatic one.
 */
export class Scheduler {
  private running: Running | undefined;
  /** Number of the newest job; a waiting job that is not the newest gives up. */
  private newest = 0;

  /**
   * @param client aborted when whoever asked no longer wants the job.
   * @param job gets a signal that is aborted by the client or by a newer job; must settle soon after.
   */
  async run<T>(
    urgency: Urgency,
    client: AbortSignal,
    job: (signal: AbortSignal) => Promise<T>,
  ): Promise<Ran<T>> {
    if (urgency === 'automatic' && this.running?.urgency === 'explicit')
      return { type: 'skipped', by: 'busy' };
    const number = ++this.newest;
    while (this.running) {
      this.running.abort.abort();
      await this.running.ended;
      if (number !== this.newest) return { type: 'skipped', by: 'superseded' };
    }
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
