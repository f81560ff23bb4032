import type { ListKind } from './listKinds.ts';
import { isStyleSheet, styleListAt } from './styleLists.ts';

/** A list of names that no bracket of its own holds. */
export interface FreeList {
  /** Where its first name begins. */
  readonly start: number;
  readonly kind: ListKind;
  /** Where it ends in the text behind the cursor. */
  readonly end: (text: string) => number;
}

/** How such a list begins on its line, how its names are written, and what ends it. */
interface Form {
  readonly head: RegExp;
  readonly names: ListKind['names'];
  readonly stop: RegExp;
  /** Not in a bracket, where the same is a list of values. */
  readonly open?: true;
}

const line = /[;\n]/;
const form = (head: RegExp, names: ListKind['names'], stop = line): Form => ({ head, names, stop });
const isDeclared =
  /^\s*(?:for\s*\(\s*)?(?:(?:public|private|protected|internal|static|final|const|volatile|transient|readonly|extern|register|unsigned|signed|long|short|struct|enum|late|mutable|constexpr|inline)\s+)*(?!(?:return|throw|case|goto|delete|else|new|using|import|package|typename|template|class|yield|await|typedef|out|ref|in|break|continue|assert|operator|public|private|protected)\b)[A-Za-z_][\w:.]*(?:<[^()]*>)?(?:\[\])*\s*[\s*&]\s*(?=[\w$*& ]+(?:\[[^\]]*\]\s*)*(?:=|,))/;
const declared = form(isDeclared, 'declarator');
const script = form(
  /^\s*(?:for\s*\(\s*)?(?:export\s+)?(?:declare\s+)?(?:let|var|const)\s+(?![[{])/,
  'alone',
  /[;\n]|\sof\s|\sin\s/,
);
const bases = (words: string) =>
  form(
    new RegExp(`\\b(?:${words})\\s+(?=[^{()]*$)`),
    'base',
    /[{\n]|\b(?:implements|extends|where|permits|throws)\b/,
  );
const afterColon = form(
  /\b(?:class|struct|interface|record|object|protocol)\s+\w+(?:<[^()]*>)?(?:\([^()]*\))?\s*:\s*(?=[^{]*$)/,
  'base',
  /[{\n]|\bwhere\b/,
);
/** Names that are given values at once: none but names and commas so far. */
const targets = (stop: RegExp): Form => ({
  head: /^\s*(?=[\w@*]+(?:\s*,\s*[\w@*]+)*\s*,\s*[\w@*]*$)/,
  names: 'alone',
  stop,
  open: true,
});

const forms: Readonly<Record<string, readonly Form[]>> = {
  python: [
    form(/^\s*(?:from\s+\S+\s+)?import\s+/, 'alone'),
    form(/\blambda\s+(?=[^:()]*$)/, 'alone', /[:\n]/),
    form(/^\s*(?:global|nonlocal)\s+/, 'alone'),
    form(/\bfor\s+(?=[\w\s,*]*$)(?!.*\bin\b)/, 'alone', /\bin\b|[:\n]/),
    targets(/[=\n]/),
  ],
  ruby: [
    form(/^\s*attr_(?:reader|writer|accessor)\s+/, 'alone'),
    form(/\|(?=[^|]*$)(?<=(?:do|\{)\s*\|)/, 'alone', /[|\n]/),
    targets(/[=\n]/),
  ],
  lua: [form(/^\s*local\s+(?!function\b)(?=[^=]*$)/, 'alone', /[=\n]/), targets(/[=\n]/)],
  go: [form(/^\s*(?:var|const)\s+(?=[\w\s,]*$)/, 'alone', /[=\n]/), targets(/:?=|\n/)],
  typescript: [script, bases('extends|implements')],
  javascript: [script],
  c: [declared],
  cpp: [declared, afterColon],
  csharp: [declared, afterColon],
  java: [declared, bases('extends|implements|throws|permits')],
  dart: [declared, bases('with|implements')],
  kotlin: [afterColon],
  swift: [form(/^\s*(?:let|var)\s+/, 'alone'), afterColon],
  php: [form(/^\s*(?:global|static)\s+(?=\$)/, 'alone'), bases('implements')],
  sql: [
    form(/\b(?:group|order)\s+by\s+(?=[^()]*$)/i, 'whole', /[;]|\b(?:having|limit|offset)\b/i),
    form(/\bselect\s+(?:distinct\s+)?(?=[^()]*$)(?![\s\S]*\bfrom\b)/i, 'whole', /[;]|\bfrom\b/i),
  ],
};
const sameForms: Readonly<Record<string, string>> = {
  typescriptreact: 'typescript',
  javascriptreact: 'javascript',
};

/** What stands before the parameters of a type or a function, in angle brackets. */
const generics: Readonly<Record<string, RegExp>> = {
  typescript: /\b(?:class|interface|type|function\*?)\s+[\w$]*$|=\s*(?:async\s*)?$/,
  java: /\b(?:class|interface|record)\s+\w+$|^\s*(?:(?:public|private|protected|static|final|abstract|default|synchronized)\s+)*$/,
  kotlin: /\b(?:class|interface|typealias)\s+\w+$|\b(?:fun|val|var)\s*$/,
  csharp:
    /\b(?:class|interface|struct|record)\s+\w+$|^\s*(?:(?:public|private|protected|internal|static|async|virtual|override|abstract|delegate)\s+)+[\w<>[\]?,. ]+\s\w+$/,
  cpp: /\btemplate\s*$/,
  rust: /\b(?:fn|struct|enum|trait|type|union)\s+\w+$|\bimpl\s*$/,
  swift: /\b(?:func|class|struct|enum|typealias|actor|init)\s*\w*$/,
  dart: /\b(?:class|mixin|extension|typedef)\s+\w+$/,
};

/**
 * The list that goes on at the cursor.
 * @param bracket the innermost bracket that is open there
 * @param behind what a suggestion writes, and what stands behind it
 */
export function freeListAt(
  prefix: string,
  bracket: number | undefined,
  behind: string,
  language: string,
): FreeList | undefined {
  if (isStyleSheet(language)) return styleListAt(prefix, bracket, behind);
  const name = sameForms[language] ?? language;
  return parametersOfType(prefix, name) ?? listOfLine(prefix, bracket, name);
}

function listOfLine(prefix: string, bracket: number | undefined, language: string): FreeList | undefined {
  const from = startOfStatement(prefix);
  const text = prefix.slice(from);
  for (const { head, names, stop, open } of Object.hasOwn(forms, language) ? forms[language]! : []) {
    const found = head.exec(text);
    if (!found) continue;
    const start = from + found.index + found[0].length;
    if (bracket !== undefined && bracket >= start) continue;
    // A block, but no list.
    if (open && bracket !== undefined && !/[\s)]\{$/.test(prefix.slice(0, bracket + 1))) continue;
    return { start, kind: { names }, end: (behind) => endOf(behind, stop) };
  }
  return undefined;
}

/** The line, with those above it that end with a comma. */
function startOfStatement(prefix: string): number {
  let start = prefix.lastIndexOf('\n') + 1;
  for (let lines = 0; lines < 40 && /,[ \t]*\n$/.test(prefix.slice(Math.max(0, start - 80), start)); lines++)
    start = prefix.lastIndexOf('\n', start - 2) + 1;
  return start;
}

function parametersOfType(prefix: string, language: string): FreeList | undefined {
  const before = Object.hasOwn(generics, language) ? generics[language] : undefined;
  if (!before) return undefined;
  const opener = openAngle(prefix);
  if (opener === undefined) return undefined;
  const head = prefix.slice(prefix.lastIndexOf('\n', opener - 1) + 1, opener);
  if (!before.test(head)) return undefined;
  return { start: opener + 1, kind: { names: 'parameter' }, end: (behind) => endOf(behind, /(?<![=-])>/) };
}

/** The angle bracket that is open at the end of a text, and not far. */
function openAngle(prefix: string): number | undefined {
  let depth = 0;
  for (let i = prefix.length - 1; i >= Math.max(0, prefix.length - 400); i--) {
    const sign = prefix[i];
    if (sign === ';' || sign === '{' || sign === '}' || sign === '(') return undefined;
    if (sign === '>' && !/[=-]/.test(prefix[i - 1] ?? '')) depth++;
    else if (sign === '<' && depth-- === 0) return i;
  }
  return undefined;
}

/** Where a text is stopped outside of its brackets and strings, or closes one that it did not open; its end otherwise. */
function endOf(text: string, stop: RegExp): number {
  const at = new RegExp(stop, `${stop.flags}y`);
  let depth = 0;
  let angles = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string;
    if (depth === 0 && angles === 0) {
      at.lastIndex = i;
      if (at.test(text)) return i;
    }
    if (/[([{]/.test(sign)) depth++;
    else if (/[)\]}]/.test(sign) && depth-- === 0) return i;
    else if (sign === '<') angles++;
    else if (sign === '>' && angles > 0 && !/[=-]/.test(text[i - 1] ?? '')) angles--;
    else if (/["'`]/.test(sign)) i = Math.max(i, text.indexOf(sign, i + 1));
  }
  return text.length;
}
