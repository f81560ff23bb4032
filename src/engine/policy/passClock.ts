import { type PassTimes, paddedRows, passMillis } from './costs.ts';

/** Widths whose time is off by about the same factor: 1–2, 3–4, 5–8, 9–16, … */
const GROUP = Uint8Array.from({ length: 130 }, (_, rows) => (rows <= 2 ? 0 : Math.ceil(Math.log2(rows)) - 1));

const WIDEST = 65;
const CONTEXT_STEP = 64;
/** Share of the newest pass in the correction. */
const STEP = 0.02;
/** A pass further off than this was disturbed by something else and tells nothing… */
const MOST_OFF = 3;
/** …unless so many in a row are: then the machine has changed. */
const CHANGED = 12;

/**
 * Times of passes on this machine now: the measured table, looked up fast, and corrected by what passes really take
 * while decoding, separately for narrow and wide ones.
 */
export class PassClock {
  private readonly tables = new Map<number, Float64Array>();
  /** Actual over measured time, by the logarithm of the width. */
  private readonly corrections = new Float64Array(8).fill(1);
  /** Passes in a row that were far off. */
  private strange = 0;

  constructor(private readonly measured: PassTimes) {}

  /** Milliseconds of a pass of `rows` tokens after `context` tokens. */
  millis(rows: number, context: number): number {
    return this.tableAt(context)[rows]! * this.corrections[GROUP[rows]!]!;
  }

  /** Write the milliseconds of passes of 1, 2, … rows after `context` tokens. @param to [most rows] */
  fill(to: Float64Array, context: number): void {
    const table = this.tableAt(context);
    const { corrections } = this;
    for (let i = 0; i < to.length; i++) to[i] = table[i + 1]! * corrections[GROUP[i + 1]!]!;
  }

  /** Take over the time of a pass. */
  observe(rows: number, context: number, millis: number): void {
    const ratio = millis / this.tableAt(context)[rows]!;
    if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) return;
    const group = GROUP[rows]!;
    const off = ratio / this.corrections[group]!;
    this.strange = off > 1 / MOST_OFF && off < MOST_OFF ? 0 : this.strange + 1;
    if (this.strange > 0 && this.strange < CHANGED) return;
    this.corrections[group]! += STEP * (ratio - this.corrections[group]!);
  }

  private tableAt(context: number): Float64Array {
    const step = Math.round(context / CONTEXT_STEP);
    let table = this.tables.get(step);
    if (!table) {
      const at = step * CONTEXT_STEP;
      table = Float64Array.from({ length: WIDEST }, (_, rows) =>
        passMillis(this.measured, paddedRows(rows), at),
      );
      this.tables.set(step, table);
    }
    return table;
  }
}
