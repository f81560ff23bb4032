import { GramTable, hashOf } from './gramTable.ts';
import { type IndexMatch, matchLength, vote } from './ringMatch.ts';
import { TextRing, type TextRun } from './textRing.ts';

/** Places of an n-gram that are compared before the longest match among them is taken. */
const MOST_COMPARED = 48;
/** A match of this length in the request's own file is taken for the place of the cursor itself. */
const OWN_PLACE = 32;
/** A match that has gone on for this many tokens is followed further without looking for another. */
const SURE = 24;
/** Tokens that {@link SuffixIndex.putInSteps} writes between two steps: well under a millisecond. */
const STEP = 2048;
/** Texts that must make room are kept, as the newest, while the texts fill no more than this share. */
const ROOMY = 0.75;
/** Tokens that may be written again for each token put, to keep old texts; beyond it they are dropped. */
const KEEPING = 4;

/** Tables by ascending order of their n-grams; share: entries of the table as a share of the slots, at most. */
const TABLES = [
  { order: 1, share: 1 / 16, chained: false },
  { order: 2, share: 1 / 4, chained: false },
  { order: 3, share: 1 / 2, chained: true },
  { order: 6, share: 1 / 2, chained: true },
] as const;

/** How far away the places in other files are said to be, in tokens: farther than most in a prompt. */
export const OTHER_FILE = 1000;

/** Takes places of {@link SuffixIndex.survey}. */
export interface PlaceVisitor {
  /**
   * The token after a place, the tokens that agree before it, and how far away it is: 0 in the request's own file, {@link OTHER_FILE}
   * in others. An index does not know how many tokens lie between.
   */
  add(token: number, length: number, distance: number): void;
}

/**
 * The text beyond the prompt that completions may copy from: files of the workspace and accepted completions.
 *
 * Bounded in memory, and no call takes longer than what it is given: a token costs a few table entries, whatever
 * is held already. The oldest texts make room for new ones.
 */
export class SuffixIndex {
  private readonly ring: TextRing;
  private readonly tables: readonly GramTable[];
  private readonly texts = new Map<string, TextRun>();
  /** The text that is being written. Chains must lead from newer to older slots, so there is never a second one. */
  private writing: Generator<void, void> | undefined;

  /** @param limitBytes bound on the memory, reserved at once but taken only as texts come. */
  constructor(limitBytes = 64 * 1024 * 1024) {
    const perSlot = TABLES.reduce((sum, { share, chained }) => sum + 4 * (share + (chained ? 1 : 0)), 4);
    const size = Math.max(1024, Math.floor(limitBytes / perSlot));
    this.ring = new TextRing(size);
    this.tables = TABLES.map(({ order, share, chained }) => {
      return new GramTable(order, size, Math.floor(Math.log2(size * share)), chained);
    });
  }

  /** Bytes reserved. */
  get bytes(): number {
    return this.tables.reduce((sum, table) => sum + table.bytes, this.ring.bytes);
  }

  /** Texts held. */
  get count(): number {
    return this.texts.size;
  }

  /** Tokens held, the borders between texts included. */
  get size(): number {
    return this.ring.live;
  }

  /** Tokens that have room. */
  get capacity(): number {
    return this.ring.size;
  }

  has(name: string): boolean {
    return this.texts.has(name);
  }

  /** Add a text, or replace the one of the same name. A text of more than half the capacity is left out. */
  put(name: string, tokens: readonly number[]): void {
    for (const _ of this.putInSteps(name, tokens));
  }

  /**
   * {@link put} with a yield after every thousand tokens or so, where other calls may come in between; a text that is
   * put in between waits for this one to be written to its end.
   */
  *putInSteps(name: string, tokens: readonly number[]): Generator<void, void> {
    while (this.writing && !this.writing.next().done);
    const steps = this.replace(name, tokens);
    this.writing = steps;
    while (!steps.next().done) yield;
    if (this.writing === steps) this.writing = undefined;
  }

  /** Remove a text. Nothing of it can be copied afterwards. */
  remove(name: string): void {
    const run = this.texts.get(name);
    if (!run) return;
    this.texts.delete(name);
    this.ring.blank(run);
  }

  /**
   * The longest match with the end of `text` that something follows. Of several the one that goes on as most of them
   * do, and of those the newest.
   * @param hint the slot behind a match that is known already, for instance of the text one token ago
   * @param own as for {@link survey}
   */
  find(text: readonly number[], hint = -1, own?: string): IndexMatch | undefined {
    const { ring } = this;
    const run = own === undefined ? undefined : this.texts.get(own);
    const followed = hint >= 0 && ring.at(hint) >= 0 ? matchLength(ring, ring.before(hint), text) : 0;
    if (followed >= SURE) return { length: followed, next: hint, count: 1, agreeing: 1, along: 0 };
    let length = 0;
    let ends: number[] = [];
    const consider = (slot: number): void => {
      const next = ring.after(slot);
      if (ring.at(next) < 0) return;
      // The token that a match as long as the best must have at its beginning tells most places apart.
      if (length > 0 && ring.at(ring.back(slot, length - 1)) !== text[text.length - length]) return;
      const matched = matchLength(ring, slot, text);
      if (matched < Math.max(length, 1)) return;
      if (run && this.aroundCursor(this.placeIn(run, slot), matched)) return;
      if (matched > length) ends = [];
      length = matched;
      ends.push(next);
    };
    for (let i = this.tables.length - 1; i >= 0 && length < TABLES[i]!.order; i--) {
      this.eachPlace(this.tables[i]!, text, consider);
    }
    if (followed > length) consider(ring.before(hint));
    return length > 0 ? { length, ...vote(ring, ends) } : undefined;
  }

  /**
   * Every place, of those looked at, where the `end` first tokens of `text` end too: given to `visit` with the token that
   * follows and the tokens that agree, places with long matches first, else the newest first.
   * @param own the text that the request's own file has here: where it stands as it stands around the cursor, what
   *   follows is what follows the cursor, and no hint at what is missing there.
   */
  survey(text: Int32Array, end: number, own: string | undefined, visit: PlaceVisitor): void {
    const run = own === undefined ? undefined : this.texts.get(own);
    let above = Number.POSITIVE_INFINITY;
    for (let i = this.tables.length - 1; i >= 0; i--) {
      const table = this.tables[i]!;
      if (end < table.order) continue;
      let found = false;
      this.eachSlot(table, gramHash(text, end, table.order), (slot) => {
        const next = this.ring.after(slot);
        const token = this.ring.at(next);
        if (token < 0) return;
        const length = matchLength(this.ring, slot, text, end);
        // Longer ones were visited with the table before; shorter ones only share the hash.
        if (length < table.order || length >= above) return;
        const place = run && this.placeIn(run, slot);
        if (this.aroundCursor(place, length)) return;
        found = true;
        visit.add(token, length, place === undefined ? OTHER_FILE : 0);
      });
      above = table.order;
      if (found && !table.chained) return;
    }
  }

  /** Up to `limit` tokens from a match's `next` on, not past the end of their text. */
  slice(next: number, limit: number): number[] {
    return this.ring.slice(next, limit);
  }

  /** The slot after `slot`. */
  after(slot: number): number {
    return this.ring.after(slot);
  }

  /** Call with places, newest first, where the n-gram at the end of `text` may stand. */
  private eachPlace(table: GramTable, text: readonly number[], consider: (slot: number) => void): void {
    if (text.length < table.order) return;
    this.eachSlot(table, gramHash(text, text.length, table.order), consider);
  }

  /** Call with places, newest first, where an n-gram of this hash may stand. */
  private eachSlot(table: GramTable, hash: number, consider: (slot: number) => void): void {
    let slot = table.newest(hash);
    for (let age = -1, left = MOST_COMPARED; slot >= 0 && left > 0; left--) {
      // A chain leads to ever older slots; where it does not, it has run into a younger one.
      const older = this.ring.age(slot);
      if (older <= age) return;
      age = older;
      consider(slot);
      slot = table.older(slot);
    }
  }

  /** How far a slot lies behind the beginning of a text; undefined outside of it. */
  private placeIn(run: TextRun, slot: number): number | undefined {
    const place = (slot - run.start + this.ring.size) % this.ring.size;
    return place < run.length ? place : undefined;
  }

  /** Whether a match at a place in the own file is so long, or reaches so far, that it is the cursor's own place. */
  private aroundCursor(place: number | undefined, length: number): boolean {
    return place !== undefined && (length >= OWN_PLACE || length > place);
  }

  private *replace(name: string, tokens: readonly number[]): Generator<void, void> {
    const old = this.texts.get(name);
    if (old && this.holds(old, tokens)) {
      old.fresh = true;
      return;
    }
    this.remove(name);
    if (tokens.length === 0 || tokens.length > this.capacity / 2) return;
    yield* this.makeRoom(tokens.length + 1);
    yield* this.append(name, tokens);
  }

  private *append(name: string, tokens: readonly number[]): Generator<void, void> {
    const run = this.ring.claim(name, tokens.length);
    this.texts.set(name, run);
    for (let from = 0; from < tokens.length; from += STEP) {
      if (from > 0) yield;
      if (!run.live) return;
      for (let i = from; i < Math.min(from + STEP, tokens.length); i++) {
        const slot = this.ring.write(run, i, tokens[i]!);
        // The n-grams that end in front of it are entered only now that something follows them.
        for (const table of this.tables) {
          if (i >= table.order) table.add(gramHash(tokens, i, table.order), this.ring.before(slot));
        }
      }
    }
  }

  /** Free room for `needed` slots. Texts in the way are written again as the newest where there is plenty of room. */
  private *makeRoom(needed: number): Generator<void, void> {
    let budget = KEEPING * needed;
    while (this.ring.free < needed) {
      const run = this.ring.oldest();
      if (!run) return;
      const kept = run.live && (run.fresh || this.ring.live + needed <= ROOMY * this.capacity);
      const tokens = kept && run.length <= budget ? this.ring.read(run) : undefined;
      if (run.live) this.texts.delete(run.name);
      this.ring.release();
      if (!tokens) continue;
      budget -= tokens.length;
      yield* this.append(run.name, tokens);
    }
  }

  private holds(run: TextRun, tokens: readonly number[]): boolean {
    if (run.length !== tokens.length) return false;
    for (let i = 0; i < tokens.length; i++) {
      if (this.ring.at((run.start + i) % this.ring.size) !== tokens[i]) return false;
    }
    return true;
  }
}

/** Hash of the `order` tokens before `end`. */
function gramHash(tokens: ArrayLike<number>, end: number, order: number): number {
  let hash = order;
  for (let i = end - order; i < end; i++) hash = hashOf(hash, tokens[i]!);
  return hash;
}
