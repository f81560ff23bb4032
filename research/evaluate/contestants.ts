import { fixedDraft, noDraft } from '../../src/engine/policy/fixed.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import { copyingRule } from '../../src/engine/policy/rule.ts';
import type { PolicyWeights } from '../../src/engine/policy/trained.ts';
import { type Action, actionName } from '../../src/learning/actions.ts';
import type { Contestant } from '../../src/learning/contest.ts';
import { productRule, unopenedDrafts } from '../../src/learning/contestants.ts';
import type { LogHeader, LogRecord } from '../../src/learning/log.ts';
import { hasOwnOutputs, paperPolicy } from '../../src/learning/paper.ts';
import type { RoundTimes } from '../../src/learning/replay.ts';
import { BEST_FIXED } from '../../src/learning/scores.ts';
import { epochsFor, trainPolicy } from '../../src/learning/train.ts';
import type { World } from '../../src/learning/world.ts';
import { seededRandom } from '../../src/measure/statistics.ts';
import { Exp3, Ucb1 } from '../../src/selection/bandits.ts';
import { banditPolicy } from '../rivals/bandit.ts';
import { hedgePolicy } from '../rivals/hedge.ts';
import { priorityRule } from '../rivals/priority.ts';
import { randomDraft } from '../rivals/random.ts';
import { languageRouter } from '../rivals/router.ts';
import { samDecoding, tuneSam } from '../rivals/samDecoding.ts';

/** Weights of the similarity in the rewards of the paper that are tried. */
const ALPHAS = [0, 0.25, 0.5, 0.75, 1];

/** Everything that a policy is compared with, but for the oracles and the trained policy. */
export function baselines(world: World, seeds: number): Contestant[] {
  const { drafts, times, tuned, training, best, header } = world;
  const once = (id: string, kind: Contestant['kind'], make: () => Policy): Contestant => ({
    id,
    kind,
    seeds: 1,
    make,
  });
  const fixed = tuned.map((action) =>
    once(actionName(action), 'fixed', () => fixedDraft(action.draft, action.length)),
  );
  const list: Contestant[] = [
    once('none', 'plain', () => noDraft),
    ...fixed,
    { id: 'random', kind: 'rule', seeds, make: (seed) => randomDraft(tuned, seededRandom(seed)) },
    once(BEST_FIXED, 'fixed', () => fixedDraft(best.draft, best.length)),
    once('language router', 'learned', () => languageRouter(training)),
    once('priority', 'rule', () => priorityRule(drafts)),
    once('rule', 'rule', () => productRule(world)),
    once('rule, no models', 'rule', () => copyingRule(unopenedDrafts(header))),
  ];
  if (drafts.includes('suffix')) {
    list.push(once('SAM-Decoding', 'rule', () => samDecoding(tuneSam(training, times))));
  }
  list.push(...online(tuned, world, seeds));
  if (hasOwnOutputs(training.records, drafts)) {
    for (const alpha of ALPHAS) {
      list.push({
        id: `paper α=${alpha}`,
        kind: 'learned',
        seeds,
        make: (seed) =>
          paperPolicy(training.records, header, times, tuned, { alpha, random: seededRandom(seed) }),
      });
    }
  }
  return list;
}

/** Policies that learn while they decode and know nothing before. */
export function online(
  tuned: readonly Action[],
  { times, training }: Pick<World, 'times' | 'training'>,
  seeds: number,
): Contestant[] {
  const { actions } = training;
  return [
    {
      id: 'UCB',
      kind: 'online',
      seeds,
      make: () => banditPolicy('ucb', new Ucb1(tuned.length), tuned, times),
    },
    {
      id: 'EXP3',
      kind: 'online',
      seeds,
      make: (seed) => banditPolicy('exp3', new Exp3(tuned.length, seededRandom(seed)), tuned, times),
    },
    { id: 'Hedge', kind: 'online', seeds, make: (seed) => hedgePolicy(actions, times, seededRandom(seed)) },
  ];
}

/** As `slipstream policy train` does without options. */
const EPOCHS = 8;
const TURNS = 2;
export const LAYERS: readonly number[] = [32, 32];

/** Train on records as the product does. */
export function train(
  records: readonly LogRecord[],
  header: LogHeader,
  times: RoundTimes,
  seed: number,
  layers = LAYERS,
): PolicyWeights {
  return trainPolicy(records, header, times, {
    turns: TURNS,
    epochs: epochsFor(records.length, EPOCHS),
    hidden: layers,
    random: seededRandom(seed + 1),
  });
}
