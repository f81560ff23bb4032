import type { CompletionContext } from './context.ts';
import { freeListAt } from './freeLists.ts';
import { keyOf, kindOfList } from './listKinds.ts';
import type { Reading } from './reading.ts';
import { closerOf } from './structure.ts';

/** A name in a list, and where the part of the suggestion begins that writes it, from the separator on. */
interface ListName {
  readonly key: string;
  readonly index: number;
}

/** The list that a cursor stands in: the names before the cursor, those that a suggestion writes, and those behind it. */
export interface NameList {
  readonly before: readonly string[];
  readonly own: readonly ListName[];
  readonly after: readonly string[];
  /** Whether an entry follows the cursor with no separator before it. */
  readonly goesOn: boolean;
}

/** The list of names around a cursor, with what a suggestion would add to it; undefined where it stands in none. */
export function listAt(text: string, context: CompletionContext, reading: Reading): NameList | undefined {
  const { prefix, suffix, language } = context;
  const inner = reading.before.at(-1);
  const bracket = inner?.kind === 'bracket' ? inner.index + prefix.length : undefined;
  const free = freeListAt(prefix, bracket, text + suffix, language);
  const start = free?.start ?? (bracket === undefined ? undefined : bracket + 1);
  if (start === undefined) return undefined;
  const kind =
    free?.kind ??
    kindOfList(prefix.slice(0, start - 1), prefix[start - 1] as string, restOfCall(text + suffix), language);
  if (!kind) return undefined;
  const end = free ? free.end(text) : endOfList(text, reading);
  const rest = free ? suffix.slice(0, free.end(suffix)) : restOfList(suffix);
  const after = end < text.length ? '' : (rest ?? '');
  const cursor = prefix.length - start;
  const entries = split(prefix.slice(start) + text.slice(0, end), kind.lines === true, language);
  const before: string[] = [];
  const own: ListName[] = [];
  for (const { entry, index, end: entryEnd } of entries) {
    const key = keyOf(entry, kind, language);
    // A name for what is not wanted may come again.
    if (key === undefined || key === '_') continue;
    // What is written up to the cursor is complete where a separator follows it.
    if (entryEnd <= cursor) before.push(key);
    else own.push({ key, index: index - cursor });
  }
  // What stands right behind the text is the rest of its last entry.
  const joins = !/[,;\n]\s*$/.test(text.slice(0, end)) && !/^\s*([,;\n]|$)/.test(after);
  const behind = split(after, kind.lines === true, language)
    .slice(joins ? 1 : 0)
    .flatMap(({ entry }) => keyOf(entry, kind, language) ?? []);
  return { before, own, after: behind, goesOn: /^\s*[^\s,;]/.test(after) };
}

/** What stands behind the bracket that closes the list. */
function restOfCall(text: string): string {
  const list = restOfList(text);
  return list === undefined ? '' : text.slice(list.length + 1, list.length + 120);
}

/** Where a suggestion closes the list, or its end. */
function endOfList(text: string, { outer }: Reading): number {
  const [first] = outer;
  return first ? first.end - 1 : text.length;
}

/** The entries behind the cursor, up to the bracket that closes the list. */
function restOfList(suffix: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < suffix.length; i++) {
    const char = suffix[i] as string;
    if (closerOf(char)) depth++;
    else if (/[)\]}]/.test(char) && depth-- === 0) return suffix.slice(0, i);
    else if (char === '"' || char === "'" || char === '`') {
      const end = suffix.indexOf(char, i + 1);
      if (end > 0) i = end;
    }
  }
  return undefined;
}

interface Entry {
  readonly entry: string;
  /** Where it begins, its separator included, and where it ends. */
  readonly index: number;
  readonly end: number;
}

/** The entries of a list by its separators, those in brackets and strings left out. */
function split(text: string, lines: boolean, language: string): Entry[] {
  const entries: Entry[] = [];
  const separators = lines ? ',;\n' : ',';
  let depth = 0;
  let quote = '';
  let from = 0;
  const take = (end: number) => {
    const entry = text
      .slice(from, end)
      .replace(/^[,;\n]/, '')
      .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
      .trim();
    if (entry !== '') entries.push({ entry, index: from, end });
    from = end;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (quote) {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (opensString(text, i, language)) quote = char;
    else if (closerOf(char)) depth++;
    else if (/[)\]}]/.test(char)) depth--;
    else if (depth === 0 && separators.includes(char)) take(i);
  }
  take(text.length);
  return entries;
}

/** Whether a quote begins a string: a lifetime of Rust begins with one too. */
function opensString(text: string, at: number, language: string): boolean {
  const lifetime = language === 'rust' && /^'\w+\b(?!')/.test(text.slice(at, at + 40));
  return !lifetime && /["'`]/.test(text[at] as string);
}
