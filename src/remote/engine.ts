import type { ProxiedFetch } from '../network/proxiedFetch.ts';
import { Breaker } from './breaker.ts';
import { lateFailure, type ServerFailure } from './failures.ts';
import { completeThere, type RemoteControl, type RemoteEnd, type RemoteJob } from './remote.ts';
import type { Server } from './server.ts';

/** What is used now. */
export type EngineState =
  | { readonly kind: 'there' }
  /** The server is left alone for a while, and why. */
  | { readonly kind: 'away'; readonly reason: string; readonly message: string };

/** A server that is asked as long as it answers. */
export class RemoteEngine {
  private readonly breaker: Breaker;
  private current: EngineState = { kind: 'there' };

  constructor(
    private readonly server: Server,
    private readonly fetch: ProxiedFetch,
    private readonly changed: (state: EngineState) => void,
    now?: () => number,
  ) {
    this.breaker = new Breaker(server.limits.first, now);
  }

  get host(): string {
    return this.server.address.host;
  }

  get state(): EngineState {
    return this.current;
  }

  /**
   * Complete at the server; undefined where the job is to be done here: nothing was sent, or nothing has come back. A failure is
   * given only where text was handed over before it.
   */
  async complete(job: RemoteJob, control: Omit<RemoteControl, 'fetch'>): Promise<RemoteEnd | undefined> {
    if (!this.breaker.admit()) return undefined;
    const end = await completeThere(this.server, job, { ...control, fetch: this.fetch });
    if (end.type === 'kept') {
      this.breaker.dropped(0);
      return undefined;
    }
    this.take(end);
    return end.type === 'failed' && !end.begun ? undefined : end;
  }

  private take(end: Exclude<RemoteEnd, { type: 'kept' }>): void {
    switch (end.type) {
      case 'done':
        this.breaker.succeeded();
        this.enter({ kind: 'there' });
        break;
      case 'failed':
        this.breaker.failed(end.failure);
        this.look(end.failure);
        break;
      case 'cancelled':
        if (end.begun) {
          this.breaker.succeeded();
          this.enter({ kind: 'there' });
        } else if (this.breaker.dropped(end.waited)) {
          this.look(lateFailure(this.host, false));
        }
    }
  }

  private look({ reason, message }: ServerFailure): void {
    if (this.breaker.open) this.enter({ kind: 'away', reason, message });
  }

  private enter(state: EngineState): void {
    const before = JSON.stringify(this.current);
    this.current = state;
    if (JSON.stringify(state) !== before) this.changed(state);
  }
}
