import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { armClass } from '../../../src/engine/policy/armClasses.ts';
import { Features } from '../../../src/engine/policy/features.ts';
import { ARM, FEATURES } from '../../../src/engine/policy/layout.ts';
import { Listener } from '../../../src/engine/policy/listen.ts';
import { GUESS_PLACES, OUTPUTS } from '../../../src/engine/policy/planner.ts';
import type { Selector } from '../../../src/engine/policy/policy.ts';
import { HearingJudge } from '../../../src/learning/hearingWorth.ts';
import {
  type Recorded,
  replay,
  requestContextOf,
  standInKinds,
  timesOf,
} from '../../../src/learning/replay.ts';
import { toyHeader, toyRecord } from '../../toy/logs.ts';

const kinds = Uint8Array.from({ length: 60 }, (_, token) => token % 11);
const header = toyHeader(['suffix', 'small']);
const times = timesOf(header);
const path = Array.from({ length: 24 }, (_, at) => 1 + (at % 7));
const right = (at: number) => ({ match: 2, tokens: path.slice(at, at + 5) });
const wrong = () => ({ match: 2, tokens: [50, 51, 52, 53, 54] });

/** A network that gives each guess of a copy a chance of one half, and believes the model. */
const layer = new Array<number>(FEATURES * OUTPUTS + OUTPUTS).fill(0);
const model = ARM + armClass('small', [], 'toy');
for (const output of GUESS_PLACES.keys()) layer[output * FEATURES + model] = 3;
const weights = {
  arms: ['suffix', 'small'],
  price: 1,
  network: { sizes: [FEATURES, OUTPUTS], layers: [layer] },
};

/** What it was worth to hear the small model at the first position. */
function worthAtFirst(says: Parameters<typeof toyRecord>[0]['says']) {
  const record = toyRecord({ path, says }, kinds);
  let worth: ReturnType<HearingJudge['worth']> | undefined;
  const judge = new HearingJudge(weights, times);
  const selector: Selector = {
    choose(sessions) {
      if (worth) return undefined;
      const listener = new Listener(new Map(), 'toy', times.costs);
      const features = new Features(requestContextOf(record), standInKinds);
      const spoken = listener.listen(sessions).find(({ timed }) => timed)!;
      worth = judge.worth({ listener, features }, spoken, sessions.get('small') as Recorded, record, 0);
      assert.equal(spoken.tokens, undefined, 'it is as one that has not spoken');
      return undefined;
    },
    observe: () => undefined,
  };
  replay(record, { id: 'watching', begin: () => selector }, times);
  return worth!;
}

describe('what hearing a draft was worth', () => {
  test('is what its guesses bring where copies are wrong, and nothing where it is wrong too', () => {
    const helped = worthAtFirst({ suffix: wrong, small: right }).tokens;
    const misled = worthAtFirst({ suffix: wrong, small: wrong }).tokens;
    assert.ok(helped > 0.5, `${helped}`);
    assert.ok(misled <= 0, `${misled}`);
  });

  test('is told with the numbers that the network has before it hears it', () => {
    const silent = worthAtFirst({ suffix: wrong, small: () => ({ tokens: [] }) });
    const speaking = worthAtFirst({ suffix: wrong, small: right });
    assert.deepEqual(silent.own, speaking.own);
    assert.ok(silent.own.length > 0);
  });
});
