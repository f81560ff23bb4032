/** Tokens that a draft offers and has accepted in a round. */
export interface Yield {
  readonly drafted: number;
  readonly accepted: number;
}

/** Rounds that an assumption weighs: a few that went badly do not turn it. */
const PRIOR_WEIGHT = 16;
/** Rounds that a mean remembers. */
const MOST_SEEN = 60;
/** What was seen of a draft that is left alone fades in some thousand rounds, so that it is tried again. */
const FADING = 0.999;

interface Counts {
  seen: number;
  drafted: number;
  accepted: number;
}

/** Tokens that a draft offers and has accepted in a round, by key: running means of what happened. */
export class RunningMeans {
  private readonly counts = new Map<string, Counts>();

  /** @param prior what it is taken to be before anything was seen. */
  of(key: string, prior: Yield): Yield {
    const { seen, drafted, accepted } = this.counts.get(key) ?? { seen: 0, drafted: 0, accepted: 0 };
    const weight = seen + PRIOR_WEIGHT;
    return {
      drafted: (drafted + PRIOR_WEIGHT * prior.drafted) / weight,
      accepted: (accepted + PRIOR_WEIGHT * prior.accepted) / weight,
    };
  }

  /** Take over a round of the draft `key`; of those in `others`, which were not asked, less is remembered. */
  observe(key: string | undefined, drafted: number, accepted: number, others: readonly string[]): void {
    for (const other of others) if (other !== key) this.fade(other, FADING);
    if (key === undefined) return;
    this.fade(key, 1 - 1 / MOST_SEEN);
    const counts = this.counts.get(key) ?? { seen: 0, drafted: 0, accepted: 0 };
    counts.seen += 1;
    counts.drafted += drafted;
    counts.accepted += accepted;
    this.counts.set(key, counts);
  }

  private fade(key: string, share: number): void {
    const counts = this.counts.get(key);
    if (!counts) return;
    counts.seen *= share;
    counts.drafted *= share;
    counts.accepted *= share;
  }
}
