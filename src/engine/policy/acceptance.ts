/**
 * How likely the next token of a proposal is accepted, given that those before it were: counts of what happened,
 * by draft, by length of the match behind the proposal and by place in it. Starts from assumptions that weigh as
 * much as a few observations.
 */
export class Acceptance {
  private readonly cells = new Map<string, { accepted: number; seen: number }>();

  /**
   * @param draft a draft's id, with whatever else its quality depends on (the language, for neural drafts).
   * @param match tokens of matching text behind the proposal; 0 for drafts that do not copy.
   * @param place of the token in the proposal, from 0.
   */
  rate(draft: string, match: number, place: number): number {
    const prior = assumedRate(match, place);
    const cell = this.cells.get(keyOf(draft, match, place));
    return cell ? (cell.accepted + PRIOR_WEIGHT * prior) / (cell.seen + PRIOR_WEIGHT) : prior;
  }

  /** Take over a round: the first `accepted` of `drafted` tokens were right, the next one, if any, was wrong. */
  observe(draft: string, match: number, drafted: number, accepted: number): void {
    for (let place = 0; place < Math.min(drafted, accepted + 1); place++) {
      const key = keyOf(draft, match, place);
      const cell = this.cells.get(key) ?? { accepted: 0, seen: 0 };
      // Old counts fade, so that a change of text shows.
      const fade = cell.seen >= MOST_SEEN ? 1 - 1 / MOST_SEEN : 1;
      const right = place < accepted ? 1 : 0;
      this.cells.set(key, { accepted: cell.accepted * fade + right, seen: cell.seen * fade + 1 });
    }
  }
}

/** What an assumption weighs, in observations. */
const PRIOR_WEIGHT = 8;
/** A cell remembers about this many observations. */
const MOST_SEEN = 400;

/** Before anything was seen: a longer match is more often right, and once a copy runs it tends to run on. */
function assumedRate(match: number, place: number): number {
  if (match === 0) return 0.5;
  return Math.min(0.95, 0.35 + 0.12 * Math.log2(match) + 0.08 * Math.log2(place + 1));
}

function keyOf(draft: string, match: number, place: number): string {
  return `${draft} ${bucket(match)} ${bucket(place)}`;
}

/** 0, 1, 2, 3–4, 5–8, 9–16, … */
function bucket(value: number): number {
  return value <= 2 ? value : 2 + Math.ceil(Math.log2(value / 2));
}
