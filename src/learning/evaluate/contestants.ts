import { fixedDraft, noDraft } from '../../engine/policy/fixed.ts';
import { perRequestPolicy, type RequestWeights } from '../../engine/policy/perRequest.ts';
import type { Policy } from '../../engine/policy/policy.ts';
import { rulePolicy, worthwhileRule } from '../../engine/policy/rule.ts';
import { type PolicyWeights, trainedPolicy } from '../../engine/policy/trained.ts';
import { seededRandom } from '../../measure/statistics.ts';
import { Exp3, Ucb1 } from '../../selection/bandits.ts';
import { type Action, nameOf } from '../baselines/actions.ts';
import { banditPolicy } from '../baselines/bandit.ts';
import { hedgePolicy } from '../baselines/hedge.ts';
import { hasOwnOutputs, paperPolicy } from '../baselines/paper.ts';
import { priorityRule } from '../baselines/priority.ts';
import { randomDraft } from '../baselines/random.ts';
import { languageRouter } from '../baselines/router.ts';
import { samDecoding, tuneSam } from '../baselines/samDecoding.ts';
import type { LogHeader, LogRecord } from '../log.ts';
import { type RoundTimes, standInKinds } from '../replay.ts';
import { epochsFor, trainPolicy } from '../train.ts';
import type { Contestant } from './contest.ts';
import type { World } from './world.ts';

/** Weights of the similarity in the rewards of the paper that are tried. */
export const ALPHAS = [0, 0.25, 0.5, 0.75, 1];

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
    once(nameOf(action), 'fixed', () => fixedDraft(action.draft, action.length)),
  );
  const list: Contestant[] = [
    once('none', 'plain', () => noDraft),
    ...fixed,
    { id: 'random', kind: 'rule', seeds, make: (seed) => randomDraft(tuned, seededRandom(seed)) },
    once('best fixed', 'fixed', () => fixedDraft(best.draft, best.length)),
    once('language router', 'learned', () => languageRouter(training)),
    once('priority', 'rule', () => priorityRule(drafts)),
    once('rule', 'rule', () => productRule(world)),
    once('rule, no models', 'rule', () => rulePolicy(unopenedDrafts(header), 0)),
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

/** The rule that the product goes by where no policy was trained. */
function productRule({ header, times: { costs } }: World): Policy {
  return worthwhileRule(unopenedDrafts(header), costs);
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

/** The trained policy, a set of weights a seed. */
export function trainedContestant(
  id: string,
  weights: readonly PolicyWeights[],
  { header, times }: Pick<World, 'header' | 'times'>,
): Contestant {
  return {
    id,
    kind: 'learned',
    seeds: weights.length,
    make: (seed) =>
      trainedPolicy(weights[seed]!, {
        drafts: unopenedDrafts(header),
        costs: times.costs,
        kinds: standInKinds,
      }),
  };
}

/** A policy that was read from a file. */
export function contestantOf(
  name: string,
  weights: PolicyWeights | RequestWeights,
  world: Pick<World, 'header' | 'times'>,
): Contestant {
  if ('price' in weights) return trainedContestant(name, [weights], world);
  return { id: name, kind: 'learned', seeds: 1, make: () => perRequestPolicy(weights, standInKinds) };
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

/** The drafts of a log, as policies want to know them. */
function unopenedDrafts({ arms }: LogHeader) {
  return arms.map(({ id, languages }) => ({
    id,
    languages,
    open: (): never => {
      throw new Error('a recorded draft has no model to open');
    },
  }));
}
