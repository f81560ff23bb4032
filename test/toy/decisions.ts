import type { DraftSession, Proposal } from '../../src/engine/drafts/draft.ts';
import { type Choice, type Decision, isQuestion } from '../../src/engine/policy/policy.ts';

/** What a decision comes to among sessions that answer at once. @param asked told of every question */
export function settled(
  first: Decision,
  sessions: ReadonlyMap<string, DraftSession>,
  asked: (draft: string, length: number) => void = () => undefined,
): Choice | undefined {
  let decision = first;
  while (isQuestion(decision)) {
    asked(decision.ask, decision.length);
    const session = sessions.get(decision.ask);
    decision = decision.decide(session!.propose(decision.length, new AbortController().signal) as Proposal);
  }
  return decision;
}

/** Ask for a copy and for one guess, and take the copy where both say the same. */
export function beside(draft: string, length: number, copy: string, copied: number): Decision {
  return {
    ask: copy,
    length: copied,
    decide: ({ tokens }) => ({
      ask: draft,
      length: 1,
      decide: ({ tokens: [first] }) =>
        first !== undefined && first === tokens[0]
          ? { draft: copy, length: copied, tokens }
          : { draft, length },
    }),
  };
}
