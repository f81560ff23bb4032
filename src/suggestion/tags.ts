import { kindOf, type Mark } from './syntax.ts';

/** The beginning or the end of an element. */
export interface Tag {
  readonly index: number;
  /** Behind its `>`; undefined where the text ends before that. */
  readonly end: number | undefined;
  /** Empty for a fragment. */
  readonly name: string;
  readonly closes: boolean;
}

const markup = new Set(['html', 'xml', 'xsl', 'vue', 'svelte', 'vue-html', 'handlebars']);
const scripts = new Set(['typescriptreact', 'javascriptreact', 'javascript']);
/** Elements of a page that have no end. */
const single = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;
/** Elements that end where one of these begins, each after the other. */
const siblings: readonly ReadonlySet<string>[] = [
  new Set(['li']),
  new Set(['dt', 'dd']),
  new Set(['td', 'th']),
  new Set(['tr']),
  new Set(['thead', 'tbody', 'tfoot']),
  new Set(['option']),
  new Set(['p']),
];
const head = /<(\/?)([A-Za-z][\w.:-]*)?/g;

/** Whether elements are written in a language. */
export function hasTags(language: string): boolean {
  return markup.has(language) || scripts.has(language);
}

/** Whether a tag is one of an element that has no end. */
export function isSingle(tag: string): boolean {
  return single.test(/^<([\w.:-]+)/.exec(tag)?.[1] ?? '');
}

/**
 * The tags of a text in their order, those without an end of their own left out.
 * @param marks of the text, a mark for each unit
 */
export function tagsIn(text: string, marks: Uint8Array, language: string): Tag[] {
  return [...text.matchAll(head)].flatMap((match) => tagAt(match, text, marks, language) ?? []);
}

function tagAt(match: RegExpExecArray, text: string, marks: Uint8Array, language: string): Tag | undefined {
  const { index } = match;
  const [sign, slash, name = ''] = match;
  if (/comment|string/.test(kindOf(marks[index] as Mark))) return undefined;
  const closes = slash === '/';
  const isScript = scripts.has(language);
  if (isScript && !closes && !beginsElement(text, marks, index)) return undefined;
  if (name === '' && text[index + sign.length] !== '>') return undefined;
  if (!isScript && single.test(name)) return undefined;
  const end = endOfTag(text, marks, index + sign.length);
  if (end === undefined) return { index, end, name, closes };
  const endsItself = name !== '' && text[end - 2] === '/';
  // In a script a name behind `<` may as well be compared, or be a type.
  if (end === -1 || endsItself || (isScript && text[end] === '(')) return undefined;
  return { index, end, name, closes };
}

/** In a script, a `<` behind a name is a type's or a comparison, but for the text between tags. */
function beginsElement(text: string, marks: Uint8Array, index: number): boolean {
  if (kindOf(marks[index - 1] as Mark) === 'text' && /[^\s{}]/.test(text[index - 1] ?? ' ')) return true;
  return !/[\w)\]$]$/.test(text.slice(0, index)) && !/[\w)\]$]\s+$/.test(lastWords(text, index));
}

/** What stands before a place, but for words behind which a value begins. */
function lastWords(text: string, index: number): string {
  return text
    .slice(Math.max(0, index - 24), index)
    .replace(/\b(return|default|case|yield|await|else)\s+$/, '(');
}

/**
 * Behind the `>` of a tag: values in quotes and braces may have one of their own. Undefined where the text ends before it, -1
 * where it is no tag.
 */
function endOfTag(text: string, marks: Uint8Array, from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (kindOf(marks[i] as Mark) === 'string') continue;
    const char = text[i] as string;
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (depth === 0 && char === '>') return i + 1;
    else if (depth <= 0 && (char === '<' || char === ';' || char === ')' || char === '}')) return -1;
  }
  return undefined;
}

/** Elements that are open, and what closes none of them. */
export interface OpenTags {
  readonly open: readonly Tag[];
  /** Ends of elements that are not open, or not the innermost. */
  readonly faults: readonly Tag[];
}

/** Follow tags from those that are open where they begin. */
export function followTags(tags: readonly Tag[], language: string, before: readonly Tag[] = []): OpenTags {
  const open = [...before];
  const faults: Tag[] = [];
  const page = markup.has(language);
  for (const tag of tags) {
    const last = open.at(-1);
    if (!tag.closes) {
      const ended = page && last && siblings.some((group) => group.has(last.name) && group.has(tag.name));
      if (ended) open.pop();
      open.push(tag);
      continue;
    }
    let at = open.length - 1;
    while (at >= 0 && !sameName(open[at] as Tag, tag, page)) at--;
    const between = open.slice(at + 1);
    if (at < 0 || between.some(({ name }) => !page || !siblings.some((group) => group.has(name))))
      faults.push(tag);
    if (at >= 0) open.length = at;
  }
  return { open, faults };
}

function sameName(one: Tag, other: Tag, page: boolean): boolean {
  return page ? one.name.toLowerCase() === other.name.toLowerCase() : one.name === other.name;
}
