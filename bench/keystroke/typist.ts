import { type CompletionContext, contextAt } from '../../src/suggestion/context.ts';

const CLOSER: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '"': '"',
  "'": "'",
  '`': '`',
};

/** Where a keystroke stands in the text. */
export type Place =
  | 'first letter'
  | 'second letter'
  | 'later letter'
  | 'digit or sign'
  | 'space'
  | 'new line';

export interface Key {
  readonly text: string;
  readonly place: Place;
}

/** The keystrokes that write a text: the editor indents a new line by itself. */
export function keysOf(text: string): Key[] {
  const keys: Key[] = [];
  let letters = 0;
  for (const [key] of text.matchAll(/\n[ \t]*|[^\n]/gu)) {
    letters = /^[\p{L}_$]$/u.test(key) ? letters + 1 : 0;
    keys.push({ text: key, place: placeOf(key, letters) });
  }
  return keys;
}

function placeOf(key: string, letters: number): Place {
  if (key.startsWith('\n')) return 'new line';
  if (letters > 0) return letters === 1 ? 'first letter' : letters === 2 ? 'second letter' : 'later letter';
  return key.trim() === '' ? 'space' : 'digit or sign';
}

/** A document in which somebody types, with an editor that closes brackets and lets them be typed through. */
export class Typist {
  private version = 1;
  private readonly closed: string[] = [];

  constructor(
    private readonly path: string,
    private readonly language: string,
    private before: string,
    private after: string,
  ) {}

  type({ text }: Key): void {
    this.version++;
    this.before += text;
    if (this.closed.length > 0 && this.after.startsWith(text) && this.closed.at(-1) === text) {
      this.closed.pop();
      this.after = this.after.slice(text.length);
      return;
    }
    const closer = CLOSER[text];
    const quoteInWord = closer === text && /\w$/.test(this.before.slice(0, -1));
    if (closer === undefined || quoteInWord || !/^([\s)\]},;]|$)/.test(this.after)) return;
    this.closed.push(closer);
    this.after = closer + this.after;
  }

  context(): CompletionContext {
    const text = this.before + this.after;
    const document = { length: text.length, slice: (start: number, end: number) => text.slice(start, end) };
    return contextAt(document, this.before.length, {
      uri: `bench:///${this.path}`,
      path: this.path,
      language: this.language,
      version: this.version,
      tabSize: 4,
    });
  }
}
