import type { DraftSession } from '../engine/drafts/draft.ts';
import { Features } from '../engine/policy/features.ts';
import { FEATURES, SHARED } from '../engine/policy/layout.ts';
import { Listener, LONGEST_NEURAL } from '../engine/policy/listen.ts';
import {
  type Decision,
  isQuestion,
  type Policy,
  type RequestContext,
  type RoundOutcome,
  type Selector,
} from '../engine/policy/policy.ts';
import { SparseRow } from '../selection/sparseRow.ts';
import type { HearingJudge } from './hearingWorth.ts';
import type { LogHeader, LogRecord } from './log.ts';
import { type Recorded, type RoundTimes, replay, standInKinds } from './replay.ts';

/** A round of one draft as the network sees it, with what came of it. */
export interface TrainingSample {
  /** Numbers of the round, which samples of the same round share, and those of the draft. */
  readonly shared: SparseRow;
  readonly own: SparseRow;
  /** Tokens that the draft proposed and that the path can judge, and how many of them were right. */
  readonly said: number;
  readonly right: number;
  /** Of a draft that has not spoken: tokens that hearing it would have brought, see {@link HearingJudge}. */
  readonly hearing?: number;
}

/** How often a round is made plain instead, so that positions are seen that the policy alone would pass over. */
const EXPLORE = 0.15;

/** What samples are taken with. */
interface Sampling {
  readonly arms: LogHeader['arms'];
  readonly times: RoundTimes;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Says what hearing a draft would have brought; without it that is not sampled. */
  readonly judge?: HearingJudge | undefined;
}

/**
 * What every draft had to say at the positions where a policy would have stood. The positions depend on the policy, so
 * training and sampling take turns (the idea of DAgger, Ross et al., 2011). A draft that costs time is seen as the policy sees it:
 * before it has spoken, after its first token, and after all.
 */
export function sample(records: readonly LogRecord[], policy: Policy, sampling: Sampling): TrainingSample[] {
  const { times, judge } = sampling;
  const samples: TrainingSample[] = [];
  for (const record of records) {
    const place = { at: 0 };
    const watching: Policy = {
      ...policy,
      begin: (context) =>
        new SamplingSelector(policy.begin(context), context, { record, place, samples }, sampling),
    };
    replay(record, watching, times, (round) => {
      place.at = round.at + round.accepted + 1;
      judge?.observe(round.accepted + 1, round.millis);
    });
  }
  return samples;
}

/** Does what another selector does, and notes what every draft had to say. */
class SamplingSelector implements Selector {
  private readonly features: Features;
  private readonly listener: Listener;
  private readonly row = new SparseRow(FEATURES);

  constructor(
    private readonly inner: Selector,
    context: RequestContext,
    private readonly noted: {
      readonly record: LogRecord;
      readonly place: { readonly at: number };
      readonly samples: TrainingSample[];
    },
    private readonly sampling: Sampling,
  ) {
    const drafts = new Map(sampling.arms.map(({ id, languages }) => [id, { languages }]));
    this.features = new Features(context, standInKinds);
    this.listener = new Listener(drafts, context.language, sampling.times.costs);
  }

  choose(sessions: ReadonlyMap<string, DraftSession>): Decision {
    const { listener, features, sampling, noted } = this;
    const { record, place, samples } = noted;
    const heard = listener.listen(sessions);
    const row = new SparseRow(SHARED);
    features.writeShared(row);
    const shared = row.copy();
    this.note(shared);
    for (const spoken of heard.filter(({ timed }) => timed)) {
      // Replayed drafts answer at once, whatever they took.
      const session = sessions.get(spoken.id) as Recorded;
      const worth = sampling.judge?.worth({ listener, features }, spoken, session, record, place.at);
      if (worth) samples.push({ shared, own: worth.own, said: 0, right: 0, hearing: worth.tokens });
      for (const limit of [1, LONGEST_NEURAL]) {
        listener.hear(spoken, session.propose(limit), limit);
        this.note(shared);
      }
      listener.forget(spoken);
    }
    const decision = this.inner.choose(sessions);
    return sampling.random() < EXPLORE ? undefined : this.followed(decision);
  }

  observe(outcome: RoundOutcome): void {
    this.features.observe(outcome, this.listener.heard);
    this.inner.observe(outcome);
  }

  /** Note what came of every guess that is known now. */
  private note(shared: SparseRow): void {
    const { record, place, samples } = this.noted;
    const { heard } = this.listener;
    for (const evidence of heard) {
      const columns = record.arms[evidence.id]!;
      if (!evidence.tokens || columns.said[place.at] === 0) continue;
      this.features.writeOwn(this.row, evidence, heard);
      // What goes beyond the end of the path was not wrong: it is not known.
      const said = Math.min(columns.said[place.at]!, record.kinds.length - place.at);
      samples.push({ shared, own: this.row.copy(), said, right: columns.right[place.at]! });
    }
  }

  /** Hear what the policy hears, so that later rounds remember the same. */
  private followed(decision: Decision): Decision {
    if (!isQuestion(decision)) return decision;
    const { ask, length } = decision;
    return {
      ask,
      length,
      decide: (said) => {
        const evidence = this.listener.heard.find(({ id }) => id === ask);
        if (evidence) this.listener.hear(evidence, said, length);
        return this.followed(decision.decide(said));
      },
    };
  }
}
