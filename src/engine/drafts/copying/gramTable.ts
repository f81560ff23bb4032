/**
 * Where each n-gram stood last: a hash table from the n-gram to the slot of its last token, and optionally a chain
 * from there to the places before, as in the window of Lempel and Ziv's compressors (1977). Nothing is ever deleted:
 * what is read is compared with the text itself, so a stale entry costs a comparison and no more.
 */
export class GramTable {
  /** Slot + 1 by hash; 0 where nothing stood. Pages that are never touched take no memory. */
  private readonly heads: Int32Array;
  private readonly before: Int32Array | undefined;
  private readonly shift: number;

  /**
   * @param order tokens of an n-gram
   * @param slots size of the ring that holds the text
   * @param bits size of the table as a power of two, 1 to 31
   */
  constructor(
    readonly order: number,
    slots: number,
    bits: number,
    chained: boolean,
  ) {
    this.heads = new Int32Array(2 ** bits);
    this.before = chained ? new Int32Array(slots) : undefined;
    this.shift = 32 - bits;
  }

  /** Whether all places can be visited, and not the newest alone. */
  get chained(): boolean {
    return this.before !== undefined;
  }

  get bytes(): number {
    return this.heads.byteLength + (this.before?.byteLength ?? 0);
  }

  /** Enter the n-gram of this hash that ends in this slot. */
  add(hash: number, slot: number): void {
    const at = hash >>> this.shift;
    if (this.before) this.before[slot] = this.heads[at]!;
    this.heads[at] = slot + 1;
  }

  /** The slot where an n-gram of this hash ended last, or −1. */
  newest(hash: number): number {
    return this.heads[hash >>> this.shift]! - 1;
  }

  /** The slot before `slot` in its chain, or −1. It is a younger one where a slot of the chain was written again. */
  older(slot: number): number {
    return this.before ? this.before[slot]! - 1 : -1;
  }
}

/** Scramble two 32-bit numbers into one whose upper bits are good (multiplicative hashing, Knuth, 6.4). */
export function hashOf(a: number, b: number): number {
  return Math.imul((Math.imul(a, 0x9e3779b1) ^ (a >>> 15)) + b, 0x85ebca6b);
}
