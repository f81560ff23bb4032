import { FEATURES, Features } from '../engine/policy/features.ts';
import { listen } from '../engine/policy/listen.ts';
import type { Policy } from '../engine/policy/policy.ts';
import type { LogHeader, LogRecord } from './log.ts';
import { type RoundTimes, replay, standInKinds } from './replay.ts';

/** Rounds of drafts as the network sees them, with what came of them. */
export interface Samples {
  /** Numbers of each sample, one sample after the other: shape [count][FEATURES]. */
  readonly inputs: Float32Array;
  /** Tokens that the draft proposed and that the path can judge, and how many of them were right. */
  readonly said: Uint8Array;
  readonly right: Uint8Array;
  readonly count: number;
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
): Samples {
  const inputs: Float32Array[] = [];
  const said: number[] = [];
  const right: number[] = [];
  const drafts = new Map(arms.map(({ id, languages }) => [id, { languages }]));
  const row = new Float64Array(FEATURES);
  for (const record of records) {
    let at = 0;
    const watching: Policy = {
      ...policy,
      begin(context) {
        const inner = policy.begin(context);
        const features = new Features(context, standInKinds);
        let heard: ReturnType<typeof listen> = [];
        return {
          choose(sessions) {
            heard = listen(sessions, drafts, context.language, times.costs);
            features.writeShared(row);
            for (const evidence of heard) {
              const columns = record.arms[evidence.id]!;
              if (columns.said[at] === 0) continue;
              features.writeOwn(row, evidence, heard);
              inputs.push(Float32Array.from(row));
              // What goes beyond the end of the path was not wrong: nobody knows.
              said.push(Math.min(columns.said[at]!, record.kinds.length - at));
              right.push(columns.right[at]!);
            }
            const choice = inner.choose(sessions);
            return random() < EXPLORE ? undefined : choice;
          },
          observe(outcome) {
            features.observe(outcome, heard);
            inner.observe(outcome);
          },
        };
      },
    };
    replay(record, watching, times, (round) => {
      at = round.at + round.accepted + 1;
    });
  }
  const all = new Float32Array(inputs.length * FEATURES);
  for (const [i, input] of inputs.entries()) all.set(input, i * FEATURES);
  return { inputs: all, said: Uint8Array.from(said), right: Uint8Array.from(right), count: inputs.length };
}
