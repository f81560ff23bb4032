/** How long a server may take, in milliseconds. */
export interface Limits {
  /** Until its first text, waits between attempts included. */
  readonly first: number;
  /** Between two pieces of its answer. */
  readonly next: number;
}

/** Waits for a server, no longer than it may take: its signal is aborted then, or by the caller. */
export class Patience {
  private readonly over = new AbortController();
  private timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor(
    caller: AbortSignal,
    private readonly limits: Limits,
  ) {
    this.signal = AbortSignal.any([caller, this.over.signal]);
    this.timer = this.start(limits.first);
  }

  /** Whether it has come to its end. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** Text has come. */
  heard(): void {
    clearTimeout(this.timer);
    this.timer = this.start(this.limits.next);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private start(millis: number): NodeJS.Timeout {
    return setTimeout(() => this.over.abort(), millis);
  }
}
