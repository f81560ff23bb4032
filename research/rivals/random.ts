import type { Policy } from '../../src/engine/policy/policy.ts';
import type { Action } from '../../src/learning/actions.ts';

/** In every round any of the actions, all alike. @param random uniform in [0, 1). */
export function randomDraft(actions: readonly Action[], random: () => number): Policy {
  return {
    id: 'random',
    begin: () => ({
      choose: () => actions[Math.floor(random() * actions.length)],
      observe: () => undefined,
    }),
  };
}
