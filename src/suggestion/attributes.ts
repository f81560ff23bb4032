import type { CompletionContext } from './context.ts';
import type { NameList } from './lists.ts';
import { hasTags } from './tags.ts';

/** A tag that is not closed yet, and what stands in it. */
const openTag = /<[A-Za-z][\w.:-]*(\s[^<>]*)$/;
/** A name at the beginning of an attribute, and its value. */
const attribute = /(?<=\s|^)([@:\w.-]+)(?=[\s=>/]|$)(?:\s*=\s*("[^"]*"?|'[^']*'?|\{[^{}]*\}?|[^\s"'{}>]+))?/g;

/** The attributes around a cursor in a tag, with those that a suggestion would add; undefined where it stands in none. */
export function attributesAt(
  text: string,
  { prefix, suffix, language }: CompletionContext,
): NameList | undefined {
  const head = hasTags(language) ? openTag.exec(prefix)?.[1] : undefined;
  if (head === undefined || /=\s*$|["'{][^"'{}]*$/.test(head.replace(/"[^"]*"|'[^']*'|\{[^{}]*\}/g, 'v')))
    return undefined;
  const end = text.search(/\/?>/);
  const written = end < 0 ? text : text.slice(0, end);
  const names = [...(head + written).matchAll(attribute)].map((match) => ({
    key: keyOf(match[1] as string, language),
    index: match.index - head.length,
    end: match.index + match[0].length - head.length,
  }));
  const rest = end < 0 ? (/^[^<>]*?(?=\/?>)/.exec(suffix)?.[0] ?? '') : '';
  return {
    before: names.filter((name) => name.end < 0).map(({ key }) => key),
    own: names.filter((name) => name.end >= 0),
    after: [...rest.matchAll(attribute)].map((match) => keyOf(match[1] as string, language)),
    goesOn: false,
  };
}

/** In a page the names of attributes are the same in capitals. */
function keyOf(name: string, language: string): string {
  return language === 'html' ? name.toLowerCase() : name;
}
