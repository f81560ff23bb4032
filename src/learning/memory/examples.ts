import { EVIDENCE_FEATURES } from '../../engine/memory/evidence.ts';

/** One candidate of an example: how far its logit lies below the largest one, and its numbers follow. */
const PER_CANDIDATE = 1 + EVIDENCE_FEATURES;

/** What the target and its evidence said at one position of a text that somebody wrote. */
export interface Example {
  /** Sum of exp(logit − largest logit) over the vocabulary. */
  readonly mass: number;
  /** Index of the candidate that was written, or −1. */
  readonly written: number;
  /** Candidates that were named. */
  readonly count: number;
  /** Place of the first candidate in {@link Examples.numbers}. */
  readonly start: number;
}

/** Examples one behind the other in one array, since there are hundreds of thousands of candidates. */
export class Examples {
  readonly list: Example[] = [];
  numbers = new Float32Array(1 << 16);
  private used = 0;
  private readonly row = new Float64Array(EVIDENCE_FEATURES);

  /**
   * Add an example.
   * @param gaps how far each candidate's logit lies below the largest one, [count]
   * @param features writes the numbers of a candidate
   */
  add(
    example: Omit<Example, 'start'>,
    gaps: ArrayLike<number>,
    features: (candidate: number, row: Float64Array) => void,
  ): void {
    const needed = this.used + example.count * PER_CANDIDATE;
    if (needed > this.numbers.length) {
      const larger = new Float32Array(2 * needed);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.list.push({ ...example, start: this.used });
    for (let i = 0; i < example.count; i++) {
      features(i, this.row);
      this.numbers[this.used] = gaps[i]!;
      this.numbers.set(this.row, this.used + 1);
      this.used += PER_CANDIDATE;
    }
  }

  /** How far the logit of a candidate lies below the largest one. */
  gap(example: Example, candidate: number): number {
    return this.numbers[example.start + candidate * PER_CANDIDATE]!;
  }

  /** Write the numbers of a candidate. */
  read(example: Example, candidate: number, row: Float64Array): void {
    const from = example.start + candidate * PER_CANDIDATE + 1;
    for (let i = 0; i < EVIDENCE_FEATURES; i++) row[i] = this.numbers[from + i]!;
  }
}
