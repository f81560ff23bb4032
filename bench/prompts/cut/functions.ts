import type { Family, SourceFile } from './languages.ts';
import { isBalanced, tokensOf } from './tokens.ts';

/** A function of a source file; line numbers count from 0, `last` included. */
export interface CodeFunction {
  readonly file: SourceFile;
  readonly family: Family;
  readonly name: string;
  /** Parameters that can be named, in order. */
  readonly parameters: readonly string[];
  readonly first: number;
  /** The line that opens the body. */
  readonly opening: number;
  readonly last: number;
  /** Its lines, without trailing blanks. */
  readonly lines: readonly string[];
}

const FEWEST_LINES = 6;
const MOST_LINES = 40;
/** Old function and the beginning of the new one fit into the prompt of a small model. */
const MOST_CHARACTERS = 1200;

const NOT_NAMES =
  'if|for|while|switch|catch|function|return|with|do|else|new|match|loop|synchronized|defer|go|select';

/** What begins a function, the name in group `name`. */
const HEADS: Readonly<Record<Family, RegExp>> = {
  script: new RegExp(
    String.raw`^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*(?<name>\w+)\s*[<(]` +
      String.raw`|^\s*(?:[\w$]+\.)+(?<assigned>\w+)\s*=\s*(?:async\s+)?function\s*\w*\(` +
      String.raw`|^\s*(?:export\s+)?(?:const|let|var)\s+(?<arrow>\w+)\s*=\s*(?:async\s*)?(?:function\s*)?\((?=.*(?:=>|function).*\{$)` +
      String.raw`|^\s+(?:(?:public|private|protected|static|async|override)\s+)*(?!(?:${NOT_NAMES})\b)(?<method>\w+)\s?\((?!.*=>)`,
  ),
  python: /^\s*(?:async\s+)?def\s+(?<name>\w+)\s*\(/,
  go: /^func\s+(?:\([^)]*\)\s*)?(?<name>\w+)\s*\(/,
  rust: /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|unsafe\s+)*fn\s+(?<name>\w+)\s*[<(]/,
  c: new RegExp(
    String.raw`^\s*(?!(?:${NOT_NAMES}|namespace|class|struct|typedef|case)\b)[\w:<>,*&~ ]*?[\w>*&] [*&]?(?!(?:${NOT_NAMES})\b)(?<name>\w+)\((?!.*\) *:)`,
  ),
  java: new RegExp(
    String.raw`^\s+(?:(?:public|private|protected|static|final|abstract|synchronized)\s+)*(?!(?:${NOT_NAMES})\b)[\w<>[\], ]+\s(?!(?:${NOT_NAMES})\b)(?<name>\w+)\(`,
  ),
};

/** The functions of a file that are short enough, outermost first and in the order of the file. */
export function functionsOf(file: SourceFile): CodeFunction[] {
  const { family } = file.language;
  if (!family) return [];
  const found: CodeFunction[] = [];
  for (let first = 0; first < file.lines.length; first++) {
    const one = functionAt(file, family, first);
    if (!one) continue;
    found.push(one);
    first = one.last;
  }
  return found;
}

function functionAt(file: SourceFile, family: Family, first: number): CodeFunction | undefined {
  const { lines } = file;
  const head = lines[first]!;
  const groups = head.comment ? undefined : HEADS[family].exec(head.text)?.groups;
  if (!groups) return undefined;
  const opens = family === 'python' ? /:$/ : /\{$/;
  let opening = first;
  if (!opens.test(head.text)) {
    if (!/\($/.test(head.text)) return undefined;
    opening++;
    while (opening < lines.length && (lines[opening]!.text === '' || lines[opening]!.indent !== head.indent))
      opening++;
    if (!/^\s*\)/.test(lines[opening]?.text ?? '') || !opens.test(lines[opening]!.text)) return undefined;
  }
  let last = opening;
  let next = opening + 1;
  for (; next < lines.length; next++) {
    const { text, indent } = lines[next]!;
    if (text === '') continue;
    if (indent.length <= head.indent.length) break;
    last = next;
  }
  if (family !== 'python') {
    if (!/^\s*\}[);,]*$/.test(lines[next]?.text ?? '')) return undefined;
    last = next;
  }
  const own = lines.slice(first, last + 1).map(({ text }) => text);
  const text = own.join('\n');
  if (own.length < FEWEST_LINES || own.length > MOST_LINES || text.length > MOST_CHARACTERS) return undefined;
  if (!isBalanced(tokensOf(text, family)) && !text.endsWith(')')) return undefined;
  return {
    file,
    family,
    name: groups.name ?? groups.assigned ?? groups.arrow ?? groups.method ?? '',
    parameters: parametersOf(own.slice(0, opening - first + 1).join('\n'), family),
    first,
    opening,
    last,
    lines: own,
  };
}

/** Where the parameters begin and end in a head: offsets behind `(` and of `)`; undefined without a pair. */
export function parameterSpan(head: string, family: Family): [number, number] | undefined {
  // A method of Go names its receiver in brackets of its own.
  const receiver = family === 'go' ? /^func\s*\([^)]*\)/.exec(head)?.[0].length : 0;
  const from = head.indexOf('(', receiver) + 1;
  if (from === 0) return undefined;
  let depth = 1;
  for (let at = from; at < head.length; at++) {
    if (/[([{]/.test(head[at]!)) depth++;
    else if (/[)\]}]/.test(head[at]!) && --depth === 0) return [from, at];
  }
  return undefined;
}

function parametersOf(head: string, family: Family): string[] {
  const span = parameterSpan(head, family);
  if (!span) return [];
  const parts: string[] = [''];
  let depth = 0;
  for (const { text } of tokensOf(head.slice(...span), family)) {
    if (/^[([{<]$/.test(text)) depth++;
    if (/^[)\]}>]$/.test(text)) depth--;
    if (text === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += text;
  }
  const named =
    family === 'c' || family === 'java'
      ? /^.*[\s*&](?<name>\w+)\s*(?:=.*)?$/s
      : /^(?:mut )?[.*]*(?<name>[\w$]+)/;
  return parts
    .map((part) => named.exec(part.trim())?.groups?.name)
    .filter((name): name is string => name !== undefined && !/^(self|this|cls|void|const)$/.test(name));
}
