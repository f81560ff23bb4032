import assert from 'node:assert/strict';
import test from 'node:test';
import { fixedDraft } from '../../../src/engine/policy/fixed.ts';
import { actionMillis, actionsOf } from '../../../src/learning/actions.ts';
import { replay, timesOf } from '../../../src/learning/replay.ts';
import { Random } from '../../toy/random.ts';
import { toyHeader, toyRecord } from './toyLog.ts';

test('a fixed action takes what replaying it takes, for drafts that cost time too', () => {
  // Reading the prompt first takes time that must be counted once.
  const costs = { ...toyHeader.costs, drafts: { neural: { token: 0.1, catchUp: 0.02 } } };
  const times = timesOf({ ...toyHeader, costs });
  for (let seed = 0; seed < 20; seed++) {
    const random = new Random(seed);
    const says = () => ({ right: random.int(0, 8), said: random.int(0, 8), match: random.int(0, 9) });
    const record = toyRecord({ edit: says, suffix: says, neural: says }, { id: `${seed}` });
    for (const action of actionsOf(['edit', 'suffix', 'neural'], times)) {
      const replayed = replay(record, fixedDraft(action.draft, action.length), times);
      assert.ok(Math.abs(actionMillis(record, action, times) - replayed) < 1e-9, JSON.stringify(action));
    }
  }
});
