import { Features } from '../engine/policy/features.ts';
import { FEATURES, SHARED } from '../engine/policy/layout.ts';
import { Listener } from '../engine/policy/listen.ts';
import type { Policy } from '../engine/policy/policy.ts';
import { SparseRow } from '../selection/sparseRow.ts';
import type { LogHeader, LogRecord } from './log.ts';
import { type RoundTimes, replay, standInKinds } from './replay.ts';

/** A round of one draft as the network sees it, with what came of it. */
export interface TrainingSample {
  /** Numbers of the round, which samples of the same round share, and those of the draft. */
  readonly shared: SparseRow;
  readonly own: SparseRow;
  /** Tokens that the draft proposed and that the path can judge, and how many of them were right. */
  readonly said: number;
  readonly right: number;
}

/** How often a round is made plain instead, so that positions are seen that the policy alone would pass over. */
const EXPLORE = 0.15;

/**
 * What every draft had to say at the positions where a policy would have stood. The positions depend on the policy, so
 * training and sampling take turns (the idea of DAgger, Ross et al., 2011).
 * @param random uniform in [0, 1).
 */
export function sample(
  records: readonly LogRecord[],
  { arms }: LogHeader,
  policy: Policy,
  times: RoundTimes,
  random: () => number,
): TrainingSample[] {
  const samples: TrainingSample[] = [];
  const drafts = new Map(arms.map(({ id, languages }) => [id, { languages }]));
  const row = new SparseRow(FEATURES);
  const sharedRow = new SparseRow(SHARED);
  for (const record of records) {
    let at = 0;
    const watching: Policy = {
      ...policy,
      begin(context) {
        const inner = policy.begin(context);
        const features = new Features(context, standInKinds);
        const listener = new Listener(drafts, context.language, times.costs);
        return {
          choose(sessions) {
            const heard = listener.listen(sessions);
            features.writeShared(sharedRow);
            const shared = sharedRow.copy();
            for (const evidence of heard) {
              const columns = record.arms[evidence.id]!;
              if (columns.said[at] === 0) continue;
              features.writeOwn(row, evidence, heard);
              // What goes beyond the end of the path was not wrong: it is not known.
              const said = Math.min(columns.said[at]!, record.kinds.length - at);
              samples.push({ shared, own: row.copy(), said, right: columns.right[at]! });
            }
            const choice = inner.choose(sessions);
            return random() < EXPLORE ? undefined : choice;
          },
          observe(outcome) {
            features.observe(outcome, listener.heard);
            inner.observe(outcome);
          },
        };
      },
    };
    replay(record, watching, times, (round) => {
      at = round.at + round.accepted + 1;
    });
  }
  return samples;
}
