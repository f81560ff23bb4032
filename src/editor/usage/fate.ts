/** Where a suggestion is shown, and what it would put there. */
export interface Offered {
  readonly uri: string;
  /** Offset of the cursor. */
  readonly offset: number;
  readonly text: string;
  /** Other texts that can be chosen in its place. */
  readonly others?: readonly string[];
}

export interface Change {
  readonly uri: string;
  readonly offset: number;
  readonly removed: number;
  readonly inserted: string;
}

/** What a change means for a suggestion that was shown. */
export type Fate = 'typed' | 'partly' | 'rejected' | 'unrelated';

/**
 * What a change of the document says of what was shown: a word or a line of it came at once, so it was taken in part; a letter of it was
 * typed; something else was typed in its place. Taking all of it has a command of its own and is not told from here.
 */
export function fateOf(shown: Offered, { uri, offset, removed, inserted }: Change): Fate {
  if (uri !== shown.uri || inserted === '') return 'unrelated';
  // An edit may begin with the line's beginning, which stands there already.
  const own = inserted.slice(Math.max(0, shown.offset - offset));
  if (offset > shown.offset || offset + removed < shown.offset) return 'unrelated';
  const texts = [shown.text, ...(shown.others ?? [])];
  if (own === '' || texts.includes(own)) return 'unrelated';
  if (!texts.some((text) => text.startsWith(own))) return 'rejected';
  return own.trim().length > 1 || own.includes('\n') ? 'partly' : 'typed';
}

/** Whether accepted text still stands in a document, blanks aside. */
export function isKept(document: string, accepted: string): boolean {
  const bare = (text: string) => text.replace(/\s+/g, ' ').trim();
  return bare(document).includes(bare(accepted));
}
