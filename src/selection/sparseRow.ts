/**
 * Numbers of which most are zero: the places and values of the others. A buffer that is filled anew for every input, so
 * that nothing is allocated.
 */
export class SparseRow {
  readonly places: Uint16Array;
  readonly values: Float64Array;
  length = 0;

  /** @param capacity most numbers that are not zero. */
  constructor(capacity: number) {
    this.places = new Uint16Array(capacity);
    this.values = new Float64Array(capacity);
  }

  /** One that stays as this is now, and takes no more room than it needs. */
  copy(): SparseRow {
    const copy = new SparseRow(this.length);
    copy.places.set(this.places.subarray(0, this.length));
    copy.values.set(this.values.subarray(0, this.length));
    copy.length = this.length;
    return copy;
  }

  clear(): void {
    this.length = 0;
  }

  /** Set the number at a place that was not set yet. */
  set(place: number, value: number): void {
    if (value === 0) return;
    this.places[this.length] = place;
    this.values[this.length++] = value;
  }
}
