/** What an assumption weighs, in observations. */
const PRIOR_WEIGHT = 8;
/** A cell remembers about this many observations. */
const MOST_SEEN = 400;
/** Matches and places are told apart up to here; they are put in buckets of doubling size. */
const MOST = 64;
const BUCKETS = bucketOf(MOST) + 1;
const BUCKET = Uint8Array.from({ length: MOST + 1 }, (_, value) => bucketOf(value));

/**
 * How likely the next token of a proposal is accepted, given that those before it were: counts of what happened,
 * by draft, by length of the match behind the proposal and by place in it. Starts from assumptions that weigh as
 * much as a few observations.
 */
export class Acceptance {
  /** For each draft, observations and among them acceptances of each cell: [match][place][seen, accepted]. */
  private readonly cells = new Map<string, Float64Array>();

  /**
   * Rates of one kind of proposal, place by place.
   * @param draft a draft's id, with whatever else its quality depends on (the language, for neural drafts).
   * @param match tokens of matching text behind the proposal; 0 for drafts that do not copy.
   * @returns a function of the place of a token in the proposal, from 0.
   */
  rates(draft: string, match: number): (place: number) => number {
    const counts = this.countsOf(draft);
    return (place) => {
      const cell = cellOf(match, place);
      const prior = assumedRate(match, place);
      return (counts[cell + 1]! + PRIOR_WEIGHT * prior) / (counts[cell]! + PRIOR_WEIGHT);
    };
  }

  /** Take over a round: the first `accepted` of `drafted` tokens were right, the next one, if any, was wrong. */
  observe(draft: string, match: number, drafted: number, accepted: number): void {
    const counts = this.countsOf(draft);
    for (let place = 0; place < Math.min(drafted, accepted + 1); place++) {
      const cell = cellOf(match, place);
      if (counts[cell]! >= MOST_SEEN) {
        // Old counts fade, so that a change of text shows.
        counts[cell]! *= 1 - 1 / MOST_SEEN;
        counts[cell + 1]! *= 1 - 1 / MOST_SEEN;
      }
      counts[cell]! += 1;
      if (place < accepted) counts[cell + 1]! += 1;
    }
  }

  private countsOf(draft: string): Float64Array {
    let counts = this.cells.get(draft);
    if (!counts) {
      counts = new Float64Array(2 * BUCKETS * BUCKETS);
      this.cells.set(draft, counts);
    }
    return counts;
  }
}

/** Before anything was seen: a longer match is more often right, and once a copy runs it tends to run on. */
function assumedRate(match: number, place: number): number {
  if (match === 0) return 0.5;
  return Math.min(0.95, 0.35 + 0.12 * Math.log2(match) + 0.08 * Math.log2(place + 1));
}

function cellOf(match: number, place: number): number {
  return 2 * (BUCKET[Math.min(match, MOST)]! * BUCKETS + BUCKET[Math.min(place, MOST)]!);
}

/** 0, 1, 2, 3–4, 5–8, 9–16, … */
function bucketOf(value: number): number {
  return value <= 2 ? value : 2 + Math.ceil(Math.log2(value / 2));
}
