import type { PlaceVisitor } from '../drafts/copying/suffixIndex.ts';

/** Places that one source may name before a choice; more are not looked at. */
const MOST_PLACES = 256;
/** Matches of at least this many tokens count alike when places vote. */
const VOTING_LENGTH = 4;

/** What a source says of one token that may come next. */
export interface Voice {
  token: number;
  /** Tokens of the longest match that goes on with it. */
  length: number;
  /** Places that vote for it. */
  count: number;
  /** Share of all voting places that do. */
  share: number;
  /** How far away the nearest of its places is: in the text in tokens, in an index see {@link PlaceVisitor}. */
  distance: number;
}

/**
 * Collects places where the end of a text stood before, with the token that followed there, and sums them up by that
 * token. One object serves a whole request: nothing is allocated between choices.
 */
export class Tally implements PlaceVisitor {
  private readonly tokens = new Int32Array(MOST_PLACES);
  private readonly lengths = new Int32Array(MOST_PLACES);
  private readonly distances = new Int32Array(MOST_PLACES);
  private places = 0;
  private readonly pool: Voice[] = [];
  /** Length of the longest match; 0 without any. */
  longest = 0;
  /** The tokens named most strongly, those with the longest match first; then the more frequent, then the smaller id. */
  readonly voices: Voice[] = [];

  clear(): void {
    this.places = 0;
    this.longest = 0;
    this.voices.length = 0;
  }

  /** Whether it takes no more places. */
  get full(): boolean {
    return this.places === MOST_PLACES;
  }

  /** Note a place: the token after it, the tokens that agree before it (≥ 1), and how far away it is. */
  add(token: number, length: number, distance: number): void {
    if (this.full) return;
    this.tokens[this.places] = token;
    this.lengths[this.places] = length;
    this.distances[this.places] = distance;
    this.places++;
    if (length > this.longest) this.longest = length;
  }

  /** Sum the places up into at most `most` {@link voices}. */
  count(most: number): void {
    const level = Math.min(this.longest, VOTING_LENGTH);
    const { pool } = this;
    let known = 0;
    let voting = 0;
    for (let i = 0; i < this.places; i++) {
      const length = this.lengths[i]!;
      if (length < level) continue;
      voting++;
      const token = this.tokens[i]!;
      let at = 0;
      while (at < known && pool[at]!.token !== token) at++;
      if (at === known) {
        pool[at] ??= { token: 0, length: 0, count: 0, share: 0, distance: 0 };
        const voice = pool[at]!;
        voice.token = token;
        voice.length = 0;
        voice.count = 0;
        voice.distance = Number.POSITIVE_INFINITY;
        known++;
      }
      const voice = pool[at]!;
      voice.count++;
      if (length > voice.length) voice.length = length;
      if (this.distances[i]! < voice.distance) voice.distance = this.distances[i]!;
    }
    for (let taken = 0; taken < Math.min(most, known); taken++) {
      let best = taken;
      for (let i = taken + 1; i < known; i++) if (stronger(pool[i]!, pool[best]!)) best = i;
      const voice = pool[best]!;
      pool[best] = pool[taken]!;
      pool[taken] = voice;
      voice.share = voice.count / voting;
      this.voices.push(voice);
    }
  }

  /** What is said of a token among the {@link voices}. */
  of(token: number): Voice | undefined {
    for (const voice of this.voices) if (voice.token === token) return voice;
    return undefined;
  }
}

function stronger(a: Voice, b: Voice): boolean {
  if (a.length !== b.length) return a.length > b.length;
  if (a.count !== b.count) return a.count > b.count;
  return a.token < b.token;
}
