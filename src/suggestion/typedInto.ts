import { type CompletionContext, typedBetween } from './context.ts';
import type { Decision } from './decide.ts';

/** What is left of an offer. */
export type Offer = Extract<Decision, { readonly type: 'offered' }>;

/**
 * What is left of an offer after its beginning was typed: the edit that leaves the document as taking the whole offer would
 * have. Brackets that the editor closed by itself meanwhile are replaced, those that were typed over are not put in again.
 * @param before where the offer was made
 * @param now where its beginning has been typed
 * @returns undefined where something else was typed, or all of it
 */
export function typedInto(
  { text, item }: Offer,
  before: CompletionContext,
  now: CompletionContext,
): Offer | undefined {
  const typed = typedBetween(before, now);
  const whole = item.insertText.slice(item.before);
  if (typed === undefined || !text.startsWith(typed) || text.length === typed.length) return undefined;
  const after = afterTyping(item.after, before.lineSuffix, now.lineSuffix);
  if (after === undefined || !whole.startsWith(typed)) return undefined;
  return {
    type: 'offered',
    text: text.slice(typed.length),
    item: {
      insertText: now.linePrefix + whole.slice(typed.length),
      before: now.linePrefix.length,
      after,
    },
  };
}

/** How much of the rest of the line is replaced, where brackets have come to it or gone; undefined where it is another rest. */
function afterTyping(after: number, before: string, now: string): number | undefined {
  if (!now.endsWith(before) && !before.endsWith(now)) return undefined;
  const length = after + now.length - before.length;
  return length < 0 ? undefined : length;
}
