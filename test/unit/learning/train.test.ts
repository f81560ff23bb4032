import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { noDraft } from '../../../src/engine/policy/fixed.ts';
import { type PolicyWeights, trainedPolicy } from '../../../src/engine/policy/trained.ts';
import type { LogRecord } from '../../../src/learning/log.ts';
import { type ReplayedRound, replay, standInKinds, timesOf } from '../../../src/learning/replay.ts';
import { trainPolicy } from '../../../src/learning/train.ts';
import { seededRandom } from '../../../src/measure/statistics.ts';
import { toyHeader, toyRecord } from '../../toy/logs.ts';
import { Random } from '../../toy/random.ts';

const LENGTH = 40;
const kinds = Uint8Array.from({ length: 200 }, (_, token) => token % 11);
const header = toyHeader(['suffix', 'edit', 'small']);
const times = timesOf(header);

/**
 * A world with a rule: the suffix draft is right where its match is long, the edit draft in markdown and nowhere else, the
 * small model in the language `toy`. In Go nothing is right.
 */
function recordOf(seed: number, language: string): LogRecord {
  const random = new Random(seed);
  const path = random.list(LENGTH, () => random.int(0, 99));
  const right = (at: number, length: number) => path.slice(at, at + length);
  const wrong = (length: number) => random.list(length, () => random.int(100, 199));
  const matches = random.list(LENGTH, () =>
    language !== 'go' && random.chance(0.3) ? 20 : random.int(1, 2),
  );
  return toyRecord(
    {
      id: `${language} ${seed}`,
      language,
      prompt: random.list(40, () => random.int(0, 99)),
      path,
      says: {
        suffix: (at) => ({ match: matches[at]!, tokens: matches[at] === 20 ? right(at, 10) : wrong(10) }),
        edit: (at) => ({ match: 3, tokens: language === 'markdown' ? right(at, 6) : wrong(6) }),
        small: (at) => ({ tokens: language === 'toy' ? right(at, 4) : wrong(4) }),
      },
    },
    kinds,
  );
}

const LANGUAGES = ['python', 'markdown', 'toy', 'go'];
const recordsOf = (from: number, count: number) =>
  LANGUAGES.flatMap((language) => Array.from({ length: count }, (_, i) => recordOf(from + i, language)));

function train(seed: number, records = recordsOf(0, 12), more: { losses?: number[] } = {}): PolicyWeights {
  return trainPolicy(records, header, times, {
    turns: 3,
    epochs: 12,
    hidden: [16],
    random: seededRandom(seed),
    onEpoch: (turn, _, loss) => {
      if (turn === 0) more.losses?.push(loss);
    },
  });
}

describe('a policy trained on a log', () => {
  let weights: PolicyWeights;
  const losses: number[] = [];
  before(() => {
    weights = train(1, undefined, { losses });
  });

  const policyOf = (of: PolicyWeights) => {
    const drafts = header.arms.map(({ id, languages }) => ({
      id,
      languages,
      open: () => assert.fail('a recorded draft was opened'),
    }));
    return trainedPolicy(of, { drafts, costs: times.costs, kinds: standInKinds });
  };

  /** Rounds in requests that were not trained on. */
  function roundsIn(language: string) {
    const rounds: (ReplayedRound & { readonly match: number })[] = [];
    let millis = 0;
    let plain = 0;
    const policy = policyOf(weights);
    for (let seed = 1000; seed < 1010; seed++) {
      const record = recordOf(seed, language);
      plain += replay(record, noDraft, times);
      millis += replay(record, policy, times, (round) => {
        rounds.push({ ...round, match: record.arms.suffix!.match[round.at]! });
      });
    }
    // The last tokens of a path leave no room to draft.
    return { rounds: rounds.filter(({ at }) => at < LENGTH - 8), speedup: plain / millis };
  }
  const share = <T>(all: readonly T[], is: (each: T) => boolean) => all.filter(is).length / all.length;

  test('has learnt something in every epoch', () => {
    assert.ok(losses.at(-1)! < losses[0]! / 2, losses.join());
    assert.ok(losses.every((loss) => Number.isFinite(loss)));
  });

  test('asks the draft that copies where its match is long, and goes far', () => {
    const { rounds, speedup } = roundsIn('python');
    const long = rounds.filter(({ match }) => match === 20);
    assert.ok(share(long, ({ draft, drafted }) => draft === 'suffix' && drafted >= 7) > 0.95);
    assert.ok(speedup > 1.5, `${speedup}`);
  });

  test('does not believe it where its match is short', () => {
    const { rounds } = roundsIn('python');
    const short = rounds.filter(({ match }) => match < 20);
    // One guess is free, since a pass is two rows in any case.
    assert.ok(share(short, ({ drafted }) => drafted <= 1) > 0.95);
  });

  test('asks the draft that is right in one language there', () => {
    const { rounds, speedup } = roundsIn('markdown');
    assert.ok(share(rounds, ({ accepted }) => accepted >= 5) > 0.9);
    assert.ok(share(rounds, ({ draft }) => draft === 'edit') > 0.5);
    assert.ok(speedup > 2, `${speedup}`);
  });

  test('pays for the small model in its own language, and nowhere else', () => {
    const home = roundsIn('toy');
    const short = home.rounds.filter(({ match }) => match < 20);
    assert.ok(share(short, ({ draft }) => draft === 'small') > 0.9);
    for (const language of ['python', 'markdown', 'go']) {
      assert.ok(share(roundsIn(language).rounds, ({ draft }) => draft === 'small') < 0.02, language);
    }
  });

  test('drafts nothing that costs where nothing is right', () => {
    const { rounds, speedup } = roundsIn('go');
    assert.ok(share(rounds, ({ drafted }) => drafted <= 1) > 0.97);
    assert.ok(speedup > 0.98, `${speedup}`);
  });

  test('is the same for the same seed, and another for another', () => {
    const few = recordsOf(0, 2);
    assert.deepEqual(train(3, few), train(3, few));
    assert.notDeepEqual(train(4, few).network, train(3, few).network);
  });

  test('ends behind a turn where the time is over, and can be used all the same', () => {
    const turns = new Set<number>();
    const options = {
      turns: 3,
      epochs: 2,
      hidden: [4],
      random: seededRandom(1),
      enough: () => turns.size === 2,
    };
    const onEpoch = (turn: number) => turns.add(turn);
    const { price } = trainPolicy(recordsOf(0, 2), header, times, { ...options, onEpoch });
    assert.deepEqual([...turns], [0, 1]);
    assert.ok(price >= 1);
  });

  test('leaves prompt lookup alone beside the suffix draft', () => {
    const says = { lookup: () => ({ tokens: [1] }), suffix: () => ({ tokens: [1] }) };
    const record = toyRecord({ path: [1, 2, 3], says }, kinds);
    const options = { turns: 1, epochs: 1, hidden: [2], random: seededRandom(1) };
    const { arms } = trainPolicy([record], toyHeader(['lookup', 'suffix']), times, options);
    assert.deepEqual(arms, ['suffix']);
  });
});
