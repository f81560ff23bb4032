import { type CompletionContext, contextAt } from '../../../src/suggestion/context.ts';
import type { SuggestionItem } from '../../../src/suggestion/item.ts';

/** A document drawn with its cursor as `█`. */
export function drawn(
  drawing: string,
  origin: Partial<Pick<CompletionContext, 'uri' | 'path' | 'language' | 'version' | 'tabSize'>> = {},
): CompletionContext {
  const offset = drawing.indexOf('█');
  if (offset < 0) throw new Error('The drawing has no cursor.');
  const text = drawing.replace('█', '');
  const document = { length: text.length, slice: (start: number, end: number) => text.slice(start, end) };
  return contextAt(document, offset, {
    uri: 'file:///main.ts',
    path: 'main.ts',
    language: 'typescript',
    version: text.length,
    tabSize: 4,
    ...origin,
  });
}

/** The document after a suggestion was accepted, with the cursor behind it. */
export function accepted(drawing: string, item: SuggestionItem): string {
  const [before, after] = drawing.split('█') as [string, string];
  return `${before.slice(0, before.length - item.before)}${item.insertText}█${after.slice(item.after)}`;
}
