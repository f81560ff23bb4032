import { FAR_ENOUGH } from '../draft.ts';
import type { TextRing } from './textRing.ts';

/** Matches are followed back this far; longer ones are as good as equal. */
export const LONGEST_MATCH = 64;

/** A place in the index whose text ends as the text that was looked for. */
export interface IndexMatch {
  /** Tokens that agree, at most {@link LONGEST_MATCH}. */
  readonly length: number;
  /** Slot of the first token behind them. */
  readonly next: number;
  /** Places with a match of this length among those looked at: at least 1. */
  readonly count: number;
  /** How many of them go on with the same token, the match itself included. */
  readonly agreeing: number;
  /** Tokens along which the newest two of these go on alike, at most {@link FAR_ENOUGH}; 0 where there is one. */
  readonly along: number;
}

/** Tokens before and in `slot` that agree with the first `end` tokens of a text, counted from their end back. */
export function matchLength(
  ring: TextRing,
  slot: number,
  text: ArrayLike<number>,
  end = text.length,
): number {
  const most = Math.min(end, LONGEST_MATCH);
  let length = 0;
  for (let at = slot; length < most && ring.at(at) === text[end - 1 - length]; length++) {
    at = ring.before(at);
  }
  return length;
}

/** Of slots, newest first, the first of those whose token is the most frequent among them. */
export function vote(ring: TextRing, slots: readonly number[]): Omit<IndexMatch, 'length'> {
  const votes = new Map<number, number>();
  for (const slot of slots) votes.set(ring.at(slot), (votes.get(ring.at(slot)) ?? 0) + 1);
  const agreeing = Math.max(...votes.values());
  const next = slots.find((slot) => votes.get(ring.at(slot)) === agreeing)!;
  const other = slots.find((slot) => slot !== next && ring.at(slot) === ring.at(next));
  const along = other === undefined ? 0 : alike(ring, next, other);
  return { next, count: slots.length, agreeing, along };
}

/** Tokens from two slots on that agree. */
function alike(ring: TextRing, a: number, b: number): number {
  let length = 0;
  for (; length < FAR_ENOUGH && ring.at(a) >= 0 && ring.at(a) === ring.at(b); length++) {
    a = ring.after(a);
    b = ring.after(b);
  }
  return length;
}
