import type { ServerFailure } from './failures.ts';

/** Failures in a row after which a server is left alone. */
const FAILURES = 3;
/** Milliseconds until it is tried again: at first, at most, and at least where somebody has to do something. */
const FIRST_WAIT = 10_000;
const LONGEST_WAIT = 300_000;
const LASTING_WAIT = 60_000;

/**
 * Leaves a server alone that does not answer: after some failures in a row nobody is sent there for a while, then one who tries; as
 * long as it fails the while grows. A circuit breaker (Nygard, Release It!), with one addition: who types on gives each request up
 * before it fails, so that time spent in vain on requests that were given up counts as a failure too.
 */
export class Breaker {
  private failures = 0;
  private openings = 0;
  private until: number | undefined;
  private trying = false;
  private inVain = 0;

  /** @param patience milliseconds in vain that are a failure. @param now a clock that nobody sets, in milliseconds */
  constructor(
    private readonly patience: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether the server is left alone. */
  get open(): boolean {
    return this.until !== undefined;
  }

  /** Whether the server may be asked now. Who may says afterwards what came of it. */
  admit(): boolean {
    if (this.until === undefined) return true;
    if (this.trying || this.now() < this.until) return false;
    this.trying = true;
    return true;
  }

  /** The server has answered. */
  succeeded(): void {
    this.failures = 0;
    this.openings = 0;
    this.inVain = 0;
    this.until = undefined;
    this.trying = false;
  }

  failed({ prospect, retryAfter = 0 }: Pick<ServerFailure, 'prospect' | 'retryAfter'>): void {
    this.failures++;
    this.inVain = 0;
    const lasting = prospect === 'lasting';
    if (!this.trying && !lasting && retryAfter === 0 && this.failures < FAILURES) return;
    const grown = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.openings++);
    this.until = this.now() + Math.max(grown, retryAfter, lasting ? LASTING_WAIT : 0);
    this.trying = false;
  }

  /** A request was given up, or none was made. @param waited milliseconds in vain. @returns whether that counts as a failure */
  dropped(waited: number): boolean {
    this.inVain += waited;
    if (this.inVain >= this.patience) {
      this.failed({ prospect: 'later' });
      return true;
    }
    // Who tried has learnt nothing: the next one may.
    this.trying = false;
    return false;
  }
}
