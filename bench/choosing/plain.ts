import { type DraftSession, FAR_ENOUGH, isInstant } from '../../src/engine/drafts/draft.ts';
import { armClass, NGRAM } from '../../src/engine/policy/armClasses.ts';
import { type CostTable, draftMillis } from '../../src/engine/policy/costs.ts';
import { Features } from '../../src/engine/policy/features.ts';
import { FEATURES } from '../../src/engine/policy/layout.ts';
import { type HeardDraft, LONGEST } from '../../src/engine/policy/listen.ts';
import { PassClock } from '../../src/engine/policy/passClock.ts';
import { LONGEST_NEURAL, placeGroup } from '../../src/engine/policy/planner.ts';
import type { Policy, RoundOutcome } from '../../src/engine/policy/policy.ts';
import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { Network } from '../../src/selection/network.ts';
import { SparseRow } from '../../src/selection/sparseRow.ts';
import { bestPlan, Rate } from '../../src/selection/throughput.ts';

/**
 * The trained policy as its definition says it, and as it was first written: every draft is heard out, the network
 * multiplies every number of every draft, and every length is weighed. Chooses what the product's policy chooses.
 */
export function plainlyTrained(weights: PolicyWeights, costs: CostTable, kinds: Uint8Array): Policy {
  const network = new Network(weights.network);
  const clock = new PassClock(costs.target);
  const rate = new Rate(1.8, clock.millis(2, 0));
  const row = new SparseRow(FEATURES);
  return {
    id: 'plain',
    uses: (id) => weights.arms.includes(id),
    begin(context) {
      const features = new Features(context, kinds);
      let length = context.prompt.length;
      let heard: HeardDraft[] = [];
      let millis = 0;
      const scatter = () => {
        for (let i = 0; i < row.length; i++) network.input[row.places[i]!] = row.values[i]!;
      };
      return {
        choose(sessions) {
          heard = hear(sessions, context.language, costs);
          const price = weights.price * rate.value;
          let choice: { draft: string; length: number; tokens: readonly number[] | undefined } | undefined;
          let most = 1 - price * clock.millis(1, length);
          for (const own of heard.filter(({ tokens }) => tokens?.length !== 0)) {
            network.input.fill(0);
            features.writeShared(row);
            scatter();
            features.writeOwn(row, own, heard);
            scatter();
            const logits = network.run();
            let alive = 1;
            const survival = Array.from({ length: own.tokens?.length ?? LONGEST_NEURAL }, (_, place) => {
              alive *= 1 / (1 + Math.exp(-logits[placeGroup(place)]!));
              return alive;
            });
            const time = (drafted: number) =>
              clock.millis(drafted + 1, length) +
              (own.tokens || drafted === 0 ? 0 : draftMillis(costs, own.id, drafted, own.behind));
            const plan = bestPlan(survival, time, price);
            if (plan.length === 0 || plan.value <= most) continue;
            most = plan.value;
            millis = plan.millis - clock.millis(plan.length + 1, length);
            choice = { draft: own.id, length: plan.length, tokens: own.tokens };
          }
          return choice;
        },
        observe(outcome: RoundOutcome) {
          features.observe(outcome, heard);
          clock.observe(outcome.drafted + 1, length, outcome.millis);
          rate.observe(outcome.accepted + 1, millis + outcome.millis);
          length += outcome.committed.length;
        },
      };
    },
  };
}

/** Everything that every draft has to say. */
function hear(sessions: ReadonlyMap<string, DraftSession>, language: string, costs: CostTable): HeardDraft[] {
  return [...sessions].flatMap(([id, session], slot): HeardDraft[] => {
    const arm = armClass(id, [], language);
    const about = { id, arm, slot, more: false, behind: session.behind(), match: session.matchLength() };
    if (!isInstant(session)) {
      if (!costs.drafts[id]) return [];
      return [{ ...about, match: 0, tokens: undefined, probabilities: undefined, support: undefined }];
    }
    const { tokens, probabilities } = session.propose(arm === NGRAM ? FAR_ENOUGH : LONGEST);
    return [{ ...about, tokens, probabilities, support: session.support?.() }];
  });
}
