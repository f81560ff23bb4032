import type { CompletionContext } from '../../suggestion/context.ts';
import { type Decision, decide } from '../../suggestion/decide.ts';
import type { Generation } from './generation.ts';
import type { Offer } from './outcome.ts';
import type { CompletionRequest } from './request.ts';

/** What is offered, each edit once. */
export function distinct(decisions: readonly Decision[]): Offer[] {
  const offers = decisions.flatMap((decision) => (decision.type === 'offered' ? [decision] : []));
  const edits = offers.map(({ item }) => `${item.after} ${item.insertText}`);
  return offers.filter((_, i) => edits.indexOf(edits[i]!) === i);
}

/** Decide on a text where it is asked for. */
export function decideHere(generation: Generation, text: string, request: CompletionRequest) {
  const { context, singleLine } = request;
  return { decision: decideFor(context, generation, text, request), decidedAt: context, singleLine };
}

/** Decide on a text of a job at a place. */
export function decideFor(
  context: CompletionContext,
  { finish }: Generation,
  text: string,
  { singleLine, isKnown, syntax }: Pick<CompletionRequest, 'singleLine' | 'isKnown' | 'syntax'>,
): Decision {
  return decide(context, { text, singleLine, finish, isKnown }, syntax);
}
