/** Share of a plain pass that looking at the drafts takes before it is ever left out. Beside the small bundled target it is 7 % (bench/latency.md). */
const FELT = 0.15;
/** Plain passes that drafts may cost, over what they have saved just before, until they are left alone; and what is remembered of savings. */
const PATIENCE = 3;
/** Rounds that they are left alone the first time, and at most: each further time twice as long. */
const FIRST = 16;
const LONGEST = 512;
/** Looks of which nothing is held against drafts: code that has just been loaded is slow. */
const WARMING = 64;
/** Share of the newest round in what looking takes. */
const STEP = 0.05;

/**
 * Leaves drafts alone for some rounds where looking at them takes longer than they save: beside a target whose passes are so short
 * that choosing counts, in a text that nobody can guess. The rounds grow while that stays so, so what is lost goes to nothing; what
 * a text that can be guessed again loses is bounded by the longest.
 */
export class Rest {
  private balance = 0;
  private left = 0;
  private next = FIRST;
  private looking = 0;
  private looks = 0;

  /** Whether drafts are left alone in this round, which counts it. */
  take(): boolean {
    if (this.left === 0) return false;
    this.left--;
    return true;
  }

  /**
   * A round in which drafts were looked at.
   * @param saved milliseconds of passes that its draft saved over plain rounds; less than 0 where it cost some.
   * @param looked milliseconds that looking and choosing took. @param plain milliseconds of a plain pass.
   */
  observe(saved: number, looked: number, plain: number): void {
    // One long look, in a busy moment say, is no more than a few usual ones.
    const share = Math.min(looked / plain, Math.max(1, 4 * this.looking));
    this.looking += STEP * (share - this.looking);
    if (++this.looks <= WARMING) return;
    this.balance = Math.min(PATIENCE, this.balance + saved / plain - share);
    if (this.balance >= PATIENCE) this.next = FIRST;
    if (this.balance > -PATIENCE || this.looking < FELT) return;
    this.balance = 0;
    this.left = this.next;
    this.next = Math.min(LONGEST, 2 * this.next);
  }
}
