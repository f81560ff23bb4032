/** Stands between texts, and wherever nothing stands. Tokens are stored one higher: a fresh page is all borders. */
const BORDER = 0;

/** A text in the ring, in one piece, with a border behind it. */
export interface TextRun {
  readonly name: string;
  readonly start: number;
  readonly length: number;
  /** Cleared when the text was removed or replaced: its slots are borders and wait for their turn. */
  live: boolean;
  /** Set when the text was put again unchanged: it is as good as new. */
  fresh: boolean;
}

/**
 * Texts of tokens in a ring of fixed size, in the order in which they were written. What is no longer there is
 * overwritten with borders at once, so that whatever is read is part of a text that may be copied.
 */
export class TextRing {
  private readonly slots: Int32Array;
  private readonly order = new Set<TextRun>();
  /** The next slot to be written. */
  private head = 0;
  private taken = 0;
  private liveSlots = 0;

  constructor(readonly size: number) {
    this.slots = new Int32Array(size);
  }

  /** Slots of texts that are there, borders included. */
  get live(): number {
    return this.liveSlots;
  }

  /** Slots that can be written before the oldest text is in the way. */
  get free(): number {
    return this.size - this.taken;
  }

  get bytes(): number {
    return this.slots.byteLength;
  }

  /** The token in a slot, or −1 at a border. */
  at(slot: number): number {
    return this.slots[slot]! - 1;
  }

  /** How long ago a slot was passed, in slots: 0 for the one before the next, more for older ones. */
  age(slot: number): number {
    const age = this.head - 1 - slot;
    return age < 0 ? age + this.size : age;
  }

  after(slot: number): number {
    return slot + 1 === this.size ? 0 : slot + 1;
  }

  before(slot: number): number {
    return slot === 0 ? this.size - 1 : slot - 1;
  }

  /** The slot `steps` before `slot`; steps < size. */
  back(slot: number, steps: number): number {
    return slot < steps ? slot - steps + this.size : slot - steps;
  }

  oldest(): TextRun | undefined {
    return this.order.values().next().value;
  }

  /** Take room for a text of `length` tokens, which are written later. There must be {@link free} for length + 1. */
  claim(name: string, length: number): TextRun {
    const run: TextRun = { name, start: this.head, length, live: true, fresh: false };
    this.order.add(run);
    this.taken += length + 1;
    this.liveSlots += length + 1;
    this.head = (this.head + length + 1) % this.size;
    return run;
  }

  /** Write a token of a text that is there. @returns its slot */
  write(run: TextRun, offset: number, token: number): number {
    const slot = (run.start + offset) % this.size;
    this.slots[slot] = token + 1;
    return slot;
  }

  /** The tokens of a text. */
  read(run: TextRun): number[] {
    return this.slice(run.start, run.length);
  }

  /** Up to `limit` tokens from `slot` on, not past the end of the text. */
  slice(slot: number, limit: number): number[] {
    const tokens: number[] = [];
    for (let at = slot; tokens.length < limit; at = this.after(at)) {
      const token = this.slots[at]!;
      if (token === BORDER) break;
      tokens.push(token - 1);
    }
    return tokens;
  }

  /** Overwrite a text. Its room is free again when it is the oldest one and {@link release} is called. */
  blank(run: TextRun): void {
    if (!run.live) return;
    run.live = false;
    this.liveSlots -= run.length + 1;
    const end = run.start + run.length;
    this.slots.fill(BORDER, run.start, Math.min(end, this.size));
    if (end > this.size) this.slots.fill(BORDER, 0, end - this.size);
  }

  /** Free the room of the oldest text. */
  release(): void {
    const run = this.oldest();
    if (!run) return;
    this.blank(run);
    this.order.delete(run);
    this.taken -= run.length + 1;
  }
}
