import type { Settings } from '../settings/settings.ts';

export type Eagerness = Settings['eagerness'];

/** A longer gap between two keys is a pause and no rhythm, in milliseconds. */
const LONGEST_GAP = 500;
/** No wait that follows the rhythm is longer. */
const LONGEST_WAIT = 350;
/** How long quiet suggestions wait for the next key. */
const QUIET_WAIT = 600;
/** Keys and answers before the means count, and the weight of a new one in them. */
const LEAST_SEEN = 5;
const WEIGHT = 0.2;

/** A running mean that forgets. */
class Mean {
  private seen = 0;
  private value = 0;

  add(value: number): void {
    this.value = this.seen === 0 ? value : (1 - WEIGHT) * this.value + WEIGHT * value;
    this.seen++;
  }

  get known(): number | undefined {
    return this.seen < LEAST_SEEN ? undefined : this.value;
  }
}

/**
 * How long to wait for the next key before the model is asked, by the rhythm of typing and the model's own answers. Where an
 * answer comes sooner than the next key there is no need to wait; where it comes later, a key would end it unseen, so it is asked
 * for when the key that was due has not come.
 */
export class Rhythm {
  private readonly gaps = new Mean();
  private readonly answers = new Mean();
  private last: number | undefined;

  /** A key at a time in milliseconds. */
  key(at: number): void {
    const gap = this.last === undefined ? Number.POSITIVE_INFINITY : at - this.last;
    this.last = at;
    if (gap > 0 && gap <= LONGEST_GAP) this.gaps.add(gap);
  }

  /** An answer that was asked of the model came after so many milliseconds. */
  answered(millis: number): void {
    this.answers.add(millis);
  }

  /** Milliseconds to wait. @param least the setting's own wait */
  wait(eagerness: Eagerness, least: number): number {
    if (eagerness === 'eager') return 0;
    if (eagerness === 'quiet') return Math.max(least, QUIET_WAIT);
    const gap = this.gaps.known;
    const answer = this.answers.known;
    if (gap === undefined || answer === undefined || answer <= gap) return least;
    return Math.max(least, Math.min(1.2 * gap, LONGEST_WAIT));
  }
}
