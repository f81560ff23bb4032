/** What a request for a suggestion came to. Every end has a name, so the log can tell why nothing was shown. */

import type { SuggestionItem } from '../../suggestion/item.ts';

/** Where the shown text came from. */
export type Source = 'typed-ahead' | 'cache' | 'joined' | 'new';

/** A text that is offered, and the edit that puts it in. */
export interface Offer {
  readonly text: string;
  readonly item: SuggestionItem;
}

export type Outcome =
  | (Offer & {
      readonly type: 'shown';
      readonly source: Source;
      /** Other texts for the same place, which the user asked for. */
      readonly others?: readonly Offer[];
    })
  /** The model had nothing, or a filter took it. */
  | { readonly type: 'empty'; readonly reason: string }
  /** Nothing was asked of the model. */
  | { readonly type: 'skipped'; readonly reason: string }
  | { readonly type: 'cancelled'; readonly by: 'editor' | 'superseded' | 'busy' }
  | { readonly type: 'failed'; readonly reason: string; readonly message: string };

/** The outcome in one word and its reason: `shown:cache`, `empty:blank`, `skipped:deletion`. */
export function outcomeName(outcome: Outcome): string {
  switch (outcome.type) {
    case 'shown':
      return `shown:${outcome.source}`;
    case 'cancelled':
      return `cancelled:${outcome.by}`;
    default:
      return `${outcome.type}:${outcome.reason}`;
  }
}
