import type { Policy } from '../../src/engine/policy/policy.ts';
import { type Action, type ActionTimes, bestAction } from '../../src/learning/actions.ts';

/**
 * One action a language, the best on the training records of that language; for a language that was not seen, the best
 * on all.
 */
export function languageRouter(training: ActionTimes): Policy {
  const fallback = bestAction(training);
  const routes = new Map<string, Action | undefined>();
  for (const language of new Set(training.records.map((record) => record.language))) {
    routes.set(
      language,
      bestAction(training, (record) => record.language === language),
    );
  }
  return {
    id: 'router',
    begin({ language }) {
      const action = routes.get(language) ?? fallback;
      return { choose: () => action, observe: () => undefined };
    },
  };
}
