import type { Policy } from '../../src/engine/policy/policy.ts';
import type { LogRecord } from '../../src/learning/log.ts';
import { oracleProblem } from '../../src/learning/oracle.ts';
import { type RoundTimes, replay } from '../../src/learning/replay.ts';
import { oraclePath } from '../../src/selection/oracle.ts';

/** Where a policy loses time against a policy that knows the text beforehand; milliseconds, all requests together. */
export interface Losses {
  /** The time of the oracle, and what the policy takes beyond it: the sum of the parts below. */
  readonly oracle: number;
  readonly lost: number;
  /** Another draft would have led further (or cheaper), each at its best length. */
  readonly wrongDraft: number;
  /** The right draft or not: it was followed further than it was right, */
  readonly tooLong: number;
  /** or less far than would have paid. */
  readonly tooShort: number;
  /** A round without a draft where one would have helped. */
  readonly noDraft: number;
}

/**
 * Take apart what a policy loses. Let V(t) be the least time from position t to the end when all is known. A round at t
 * that takes m ms and leads to t′ loses m + V(t′) − V(t) ≥ 0, and these losses add up to the policy's time less the
 * oracle's. The part that is lost by the draft is V_d(t) − V(t), where V_d(t) is the least time when this round has to ask
 * the policy's draft d and everything after is known; the rest is lost by the length.
 */
export function lossesOf(
  records: readonly LogRecord[],
  drafts: readonly string[],
  policy: Policy,
  times: RoundTimes,
): Losses {
  const sum = { oracle: 0, lost: 0, wrongDraft: 0, tooLong: 0, tooShort: 0, noDraft: 0 };
  for (const record of records) {
    const positions = record.kinds.length;
    const { runs, millis } = oracleProblem(record, drafts, times);
    const { toGo } = oraclePath(positions, runs, millis);
    sum.oracle += toGo[0]!;
    replay(record, policy, times, ({ at, draft, drafted, accepted, millis: taken }) => {
      const best = toGo[at]!;
      const lost = taken + toGo[at + accepted + 1]! - best;
      sum.lost += lost;
      const arm = draft === undefined ? -1 : drafts.indexOf(draft);
      if (arm < 0) {
        sum.noDraft += lost;
        return;
      }
      let own = Number.POSITIVE_INFINITY;
      let ownLength = 0;
      const { steps } = runs(at)[arm]!;
      for (let length = 0; length <= steps; length++) {
        const total =
          millis(length === 0 ? -1 : arm, length, at) + toGo[Math.min(positions, at + length + 1)]!;
        if (total >= own) continue;
        own = total;
        ownLength = length;
      }
      sum.wrongDraft += own - best;
      if (drafted > ownLength) sum.tooLong += lost - (own - best);
      else sum.tooShort += lost - (own - best);
    });
  }
  return sum;
}
