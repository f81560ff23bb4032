import type { FreeList } from './freeLists.ts';
import type { ListKind } from './listKinds.ts';

/** Lists of style sheets: selectors of a rule, names that a property or a rule with `@` takes, and what stands in parentheses. */

const languages = new Set(['css', 'scss', 'less']);
/** Where a statement ends; a brace behind `#` or `@` puts a value in. */
const stop = /(?<![#@])\{|[;}]/;
const leading = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*/;
const named = /^@(?:layer|extend|import|media|forward\s[^;{]*\s(?:show|hide))\s+/;
/** Properties that take names, each of them once. */
const property = /^(?:-\w+-)?(?:font-family|transition-property|animation-name|will-change)\s*:\s*/;
/** The same, where more stands behind each name. */
const transition = /^(?:-\w+-)?transition\s*:\s*/;
const declaration = /^[\w$@-]+\s*:(?=\s)/;

export function isStyleSheet(language: string): boolean {
  return languages.has(language);
}

/**
 * The list that a statement of a style sheet holds at the cursor.
 * @param bracket the innermost bracket that is open there
 * @param behind what a suggestion writes, and what stands behind it
 */
export function styleListAt(
  prefix: string,
  bracket: number | undefined,
  behind: string,
): FreeList | undefined {
  const from = startOfStatement(prefix);
  const statement = prefix.slice(from);
  const begin = from + (leading.exec(statement)?.[0].length ?? 0);
  const written = prefix.slice(begin);
  const end = endOfStatement(behind);
  const found = headOf(written + behind.slice(0, end), behind[end]);
  // A head that is not whole yet, or a bracket in the list.
  if (!found || found.length > written.length || (bracket ?? -1) >= begin) return undefined;
  return { start: begin + found.length, kind: { names: found.names }, end: endOfStatement };
}

/** What kind of list parentheses hold. @param head what stands before them. @param behind what stands behind them */
export function kindInParentheses(head: string, behind: string): ListKind | undefined {
  if (/:(?:is|not|where|has|matches|extend|-\w+-any)$/.test(head)) return { names: 'text' };
  const declares = /@(?:mixin|function)\s+[\w-]+$/.test(head) || /^\s*(?:when\b[^{;]*)?\{/.test(behind);
  return {
    names: declares && /[\w-]$/.test(head) && !/@media\b[^;{}]*$/.test(head) ? 'property' : 'setting',
  };
}

/** How the list of a statement begins, and how its names are written. @param sign what ends the statement */
function headOf(
  statement: string,
  sign: string | undefined,
): { readonly length: number; readonly names: ListKind['names'] } | undefined {
  const names = named.exec(statement) ?? (sign === '{' ? null : property.exec(statement));
  if (names) return { length: names[0].length, names: 'text' };
  if (statement.startsWith('@')) return undefined;
  if (sign === '{' || (sign === undefined && !declaration.test(statement)))
    return { length: 0, names: 'text' };
  const first = transition.exec(statement);
  return first ? { length: first[0].length, names: 'property' } : undefined;
}

function startOfStatement(prefix: string): number {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const sign = prefix[i];
    const value = sign === '}' ? /[#@]\{[^{}]*\}$/.exec(prefix.slice(Math.max(0, i - 200), i + 1)) : null;
    if (value) i -= value[0].length - 1;
    else if (sign === ';' || sign === '}' || (sign === '{' && !/[#@]/.test(prefix[i - 1] ?? '')))
      return i + 1;
  }
  return 0;
}

/** Where a statement ends in a text that goes on with it; its end otherwise. */
function endOfStatement(text: string): number {
  const bare = text.replace(/[#@]\{[^{}]*\}|\([^()]*\)/g, (value) => '_'.repeat(value.length));
  const end = bare.search(stop);
  return end < 0 ? text.length : end;
}
