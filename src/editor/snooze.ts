/** Suggestions rest until a time; nothing is kept for the next start. */
export class Snooze {
  private end = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param changed told when the rest begins and when it ends */
  constructor(
    private readonly changed: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Minutes that are left, rounded up; 0 when suggestions come. */
  get minutesLeft(): number {
    return Math.max(0, Math.ceil((this.end - this.now()) / 60_000));
  }

  /** Rest for some minutes from now on; 0 ends the rest. */
  rest(minutes: number): void {
    clearTimeout(this.timer);
    this.end = minutes > 0 ? this.now() + minutes * 60_000 : 0;
    if (minutes > 0) {
      this.timer = setTimeout(() => this.changed(), minutes * 60_000 + 50);
      this.timer.unref();
    }
    this.changed();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
