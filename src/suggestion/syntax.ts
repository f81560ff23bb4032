/**
 * What the parts of a text are: code, a string, a comment or running text. Brackets and quotes mean something only in
 * code, and which is which depends on the language and on what stands before.
 */

export type Kind = 'code' | 'string' | 'comment' | 'text';

/** The mark of one UTF-16 unit: its kind in the low two bits, above them how many strings it stands inside of. */
export type Mark = number;

const kinds: readonly Kind[] = ['code', 'string', 'comment', 'text'];

/** @param level strings around the unit, its own included: 1 in a plain string, 1 in code inside a template string */
export function markOf(kind: Kind, level: number): Mark {
  return kinds.indexOf(kind) + 4 * level;
}

export function kindOf(mark: Mark): Kind {
  return kinds[mark & 3] as Kind;
}

export function levelOf(mark: Mark): number {
  return mark >> 2;
}

/** Tells of a language's text what its parts are. */
export interface Syntax {
  /**
   * The marks of a text that begins outside of everything: one for each unit, and one more for a letter that would be
   * typed at its end. The mark of a line end is that of what the next line begins with.
   */
  marks(text: string): Uint8Array;
}

/** What a place at the end of a text is in. */
export function kindAtEnd(syntax: Syntax, text: string): Kind {
  return kindOf(syntax.marks(text).at(-1) as Mark);
}

/** Whether a comment that is open at the end of a text would end with the line. */
export function endsWithLine(syntax: Syntax, text: string): boolean {
  return kindAtEnd(syntax, `${text}\n`) !== 'comment';
}
