// This folder: whether and how a text is offered at a cursor (`decide.ts`): the text around it, the edit; knows no editor.

import type { CompletionContext } from './context.ts';
import { indentedFor } from './copyIndentation.ts';
import { filterSuggestion } from './filters/index.ts';
import type { Finish } from './finish.ts';
import { itemOf, type SuggestionItem } from './item.ts';
import { inOwnIndentation } from './ownIndentation.ts';
import type { Syntax } from './syntax.ts';

/** What the model wrote for a place in a document. */
export interface Candidate {
  readonly text: string;
  readonly finish: Finish;
  /** Whether it has to keep to one line. */
  readonly singleLine: boolean;
  /** Whether other files that are open have a name. */
  readonly isKnown?: ((name: string) => boolean) | undefined;
}

/** What becomes of a text: it is offered, as it is or shortened, or it is not, for a named reason. */
export type Decision =
  | {
      readonly type: 'offered';
      /** What is left of the model's text; line ends are `\n`. */
      readonly text: string;
      /** The edit that puts it into the document, with what closes it. */
      readonly item: SuggestionItem;
    }
  | { readonly type: 'dropped'; readonly reason: string };

/**
 * Decide whether a text is offered at a cursor, and how it is put in. The editor and the command line ask alike, so
 * they show the same.
 * @param syntax how the document's language is read
 */
export function decide(
  context: CompletionContext,
  { text, finish, singleLine, isKnown }: Candidate,
  syntax: Syntax,
): Decision {
  if (splitsCharacter(context)) return { type: 'dropped', reason: 'inside-character' };
  const own = inOwnIndentation(text.replace(/\r\n?/g, '\n'), context, syntax);
  const placed = indentedFor(own, context, syntax);
  const kept = filterSuggestion(placed, { completion: context, singleLine, finish, syntax, isKnown });
  if (typeof kept !== 'string') return { type: 'dropped', reason: kept.drop };
  const item = itemOf(kept, context, syntax, singleLine);
  return item ? { type: 'offered', text: kept, item } : { type: 'dropped', reason: 'unbalanced' };
}

const signs = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Whether a text at the cursor would part what is one sign on the screen. */
function splitsCharacter({ linePrefix, lineSuffix }: CompletionContext): boolean {
  const before = linePrefix.slice(-64);
  const place = before.length;
  if (place === 0 || lineSuffix === '' || /\s$/.test(before)) return false;
  const sign = signs.segment(before + lineSuffix.slice(0, 32)).containing(place);
  return sign !== undefined && sign.index < place;
}
