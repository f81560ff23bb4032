import { isStyleSheet, kindInParentheses } from './styleLists.ts';

/** How the names of a list are written. */
export interface ListKind {
  /**
   * What names an entry: a name that may stand alone (`alone`), only one with a value (`keyed`), the last word as in
   * `int count` (`last`), the first word (`first`), the whole entry (`whole`), the name that is declared behind a common type
   * (`declarator`), a parameter of a type (`parameter`), or what a type is made from (`base`). In a style sheet: the entry as it is
   * written (`text`), the name that it begins with (`property`), only one with a value (`setting`).
   */
  readonly names:
    | ('alone' | 'keyed' | 'last' | 'first' | 'whole' | 'declarator' | 'parameter' | 'base')
    | ('text' | 'property' | 'setting');
  /** Whether a line's end separates entries. */
  readonly lines?: boolean;
  /** Whether an entry may be a method. */
  readonly methods?: boolean;
}

const typeFirst = new Set(['c', 'cpp', 'csharp', 'java', 'dart']);
const word = '(?:[\\p{L}_$@][\\p{L}\\p{N}_$]*)';
const modifiers =
  '(?:type\\s+|\\*{1,2}|&(?:\\s*mut\\s+)?|mut\\s+|readonly\\s+|val\\s+|var\\s+|private\\s+|public\\s+|protected\\s+|override\\s+)*';
const named = new RegExp(`^${modifiers}(${word}|'[^']*'|"[^"]*")\\s*\\??\\s*(?::(?!:)|=(?![=>]))`, 'u');
/** A key and its value behind an arrow. */
const arrow = new RegExp(`^(${word}|:${word}|'[^']*'|"[^"]*"|\\d+)\\s*=>`, 'u');
const alone = new RegExp(`^${modifiers}(:?${word})\\??(?:\\s+as\\s+(${word}))?$`, 'u');
const method = new RegExp(`^(?:async\\s+|\\*\\s*)*(${word})\\s*\\(`, 'u');
/** What a block of imports names. */
const quoted = /^(?:\w+\s+)?("[^"]*")$/;
/** A name and its type behind a space, as in Go. */
const typed = new RegExp(`^(${word})\\s+[^\\s=(].*$`, 'u');
const lastWord = new RegExp(`(${word})(?:\\[[^\\]]*\\])?(?:\\s*=.*)?$`, 'u');
const declarator = new RegExp(
  `^[*&\\s]*(${word})\\s*(?:\\[[^\\]]*\\]\\s*)*(?:=.*|\\{.*\\}|\\(.*\\))?$`,
  'su',
);
/** What a parameter of a type has to be. */
const bound = /(?:\s+(?:extends|super)\b|\s*:(?!:)|\s*[<>]:).*$/s;
const parameterOfType = new RegExp(`'?${word}$`, 'u');
const arrows = /^(php|ruby|perl|elixir)$/;
const constraint = /^(primary|foreign|unique|check|constraint|key|index|exclude|like)\b/i;

/**
 * What kind of list a bracket opens, by what stands before it and behind what closes it; undefined for blocks, calls and
 * expressions.
 */
export function kindOfList(
  head: string,
  opener: string,
  behind: string,
  language: string,
): ListKind | undefined {
  const before = head.trimEnd();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (isStyleSheet(language)) return opener === '(' ? kindInParentheses(head, behind) : undefined;
  if (opener === '(') return kindOfParentheses(line, behind, language);
  if (opener === '[') return kindOfSquare(before, line, language);
  if (/\b(interface|type)\b[^=(]*=?$/.test(line) && /script/.test(language))
    return { names: 'keyed', lines: true };
  const fields = kindOfFields(line, language);
  if (fields) return fields;
  if (language === 'haskell') return { names: 'keyed' };
  if (language === 'go' && /\bmap\[[^\]]*\][\w.*[\]]+$/.test(line)) return { names: 'keyed' };
  const list =
    /(^|[=(,[:?%]|=>\s*\(|\b(import|export|const|let|var|return|default|yield|in)|::|\{|\buse\s[\w\\]+\\)$/.test(
      before,
    );
  const literal =
    /(rust|go|swift)/.test(language) &&
    /(^|[^\w)])[A-Z]\w*$/.test(line) &&
    !/\b(if|for|match|while|switch)\b/.test(line);
  const data = /^json/.test(language);
  if (!list && !literal && !data && language !== 'python') return undefined;
  if (data) return { names: 'keyed' };
  if (language === 'python') return { names: 'alone' };
  return { names: 'alone', methods: /^(java|type)script/.test(language) };
}

function kindOfSquare(before: string, line: string, language: string): ListKind | undefined {
  if (/\b(const|let|var)$/.test(before)) return { names: 'alone' };
  if (/^(go|python|scala)$/.test(language) && /\b(func|def|class|trait|type)\s+\w+$/.test(line))
    return { names: language === 'go' ? 'alone' : 'parameter' };
  if (/\b(new Set|frozenset|set)(<[^()]*>)?\(\s*$/.test(line) || /\b__all__\s*\+?=$/.test(line))
    return { names: 'whole' };
  return arrows.test(language) && /[=(,[>]$|\breturn$/.test(line) ? { names: 'keyed' } : undefined;
}

/** Fields of a struct and variants of an enumeration. */
function kindOfFields(line: string, language: string): ListKind | undefined {
  if (language === 'go' && /\bstruct$/.test(line)) return { names: 'alone', lines: true };
  if (!/\b(struct|enum|union)(\s+(class\s+)?[\w<>, ']+)?$/.test(line)) return undefined;
  if (/\benum\b/.test(line)) return { names: 'alone', methods: language === 'rust' };
  if (language === 'c' || language === 'cpp') return { names: 'last', lines: true };
  return language === 'rust' ? { names: 'alone' } : undefined;
}

function kindOfParentheses(line: string, behind: string, language: string): ListKind | undefined {
  if (/^\s*(from\s+\S+\s+)?import$/.test(line)) return { names: 'alone', lines: language === 'go' };
  if (language === 'haskell') return /^\s*import\b/.test(line) ? { names: 'alone' } : undefined;
  if (language === 'sql')
    return /\b(insert\s+into|create\s+table(\s+if\s+not\s+exists)?)\s+[\w."`[\]]+$/i.test(line)
      ? { names: 'first' }
      : undefined;
  if (language === 'perl' && /\b(my|our|local)$/.test(line)) return { names: 'whole' };
  if (/#\[derive$/.test(line)) return { names: 'whole' };
  if (language === 'python' && /\b(class\s+\w+|except)$/.test(line)) return { names: 'alone' };
  if (language === 'rust' && /\b(let|for)(\s+mut)?$/.test(line)) return { names: 'alone' };
  if (definesFunction(line)) return { names: 'alone' };
  if (isArrow(line, behind, language) || isMethod(line, behind, language)) return { names: 'alone' };
  // A function that is declared by its type, at the beginning of a line.
  const byType =
    typeFirst.has(language) &&
    /^\s*([\w<>[\],*&:~]+\s+)+[*&]*[\w:~]+$/.test(line) &&
    !/\b(return|new|else|throw|case)\b/.test(line);
  if (byType) return { names: 'last' };
  // In a call only arguments with a name are one of a kind.
  return /[\w\])>$]$/.test(line) ? { names: 'keyed' } : undefined;
}

function definesFunction(line: string): boolean {
  return (
    /\b(function\*?|def|fn|func|fun|sub|init|constructor|lambda)\b\s*[^\s(]*\s*(<[^()]*>)?$/.test(line) ||
    /\bfunc\s*\([^)]*\)\s*\w+$/.test(line)
  );
}

/** Whether parentheses hold the parameters of an arrow function. */
function isArrow(line: string, behind: string, language: string): boolean {
  return (
    /^(java|type)script/.test(language) &&
    /^\s*(:[^={]*)?=>/.test(behind) &&
    /(^|[=(,:?>]|\basync)\s*$/.test(line)
  );
}

/** Whether parentheses hold the parameters of a class's method, with what it does behind them. */
function isMethod(line: string, behind: string, language: string): boolean {
  return (
    /^typescript/.test(language) &&
    /^\s*((public|private|protected|static|async|override)\s+)*[\w$]+$/.test(line) &&
    /^\s*(:[^={;]*)?\{/.test(behind) &&
    !/\b(if|for|while|switch|catch|return|await)$/.test(line)
  );
}

/** The name that an entry has in its list; undefined for one that has none. */
export function keyOf(entry: string, kind: ListKind, language: string): string | undefined {
  switch (kind.names) {
    case 'declarator':
      return declarator.exec(entry)?.[1];
    case 'parameter':
      return parameterOfType.exec(entry.replace(/\s*=[^>].*$/s, '').replace(bound, ''))?.[0];
    case 'base':
      return /[\w:.$]+$/.exec(entry.replace(/(?:<.*>|\(.*\))$/s, ''))?.[0];
    case 'whole':
      if (language === 'sql' && /^(?:\d.*|null|true|false|default)$/i.test(entry)) return undefined;
      return /^(["'`]?)[\w$@%:.-]+\1$/.test(entry) ? entry.replace(/^["'`]|["'`]$/g, '') : undefined;
    case 'first':
      return constraint.test(entry) ? undefined : /^["`[]?(\w+)/.exec(entry)?.[1]?.toLowerCase();
    case 'last':
      return /\s/.test(entry) ? lastWord.exec(entry)?.[1] : undefined;
    case 'text':
      return entry.replace(/\s+/g, ' ').replace(/^(["'])(.*)\1$/, '$2');
    case 'property':
      return /^[$@]?[\w-]+/.exec(entry)?.[0];
    case 'setting':
      return /^(["']?)([$@]?[\w-]+)\1\s*:/.exec(entry)?.[2];
    case 'keyed':
      return keyWithValue(entry, language);
    case 'alone':
      return parameterOf(entry, language) ?? keyWithValue(entry, language) ?? keyAlone(entry, kind, language);
  }
}

function parameterOf(entry: string, language: string): string | undefined {
  return language === 'php' ? /^[^=]*?(\$\w+)(\s*=.*)?$/.exec(entry)?.[1] : undefined;
}

function keyWithValue(entry: string, language: string): string | undefined {
  const value = (arrows.test(language) ? arrow.exec(entry) : null) ?? named.exec(entry);
  if (value) return value[1];
  return language === 'haskell' ? /^([\w']+)\s*::/.exec(entry)?.[1] : undefined;
}

function keyAlone(entry: string, { lines, methods }: ListKind, language: string): string | undefined {
  const name = alone.exec(entry) ?? (lines ? quoted.exec(entry) : null);
  if (name) return name[2] ?? name[1];
  if (methods) return method.exec(entry)?.[1];
  if (language === 'python' && /^(["'])[^"']*\1$/.test(entry)) return entry;
  return language === 'go' || language === 'swift' ? typed.exec(entry)?.[1] : undefined;
}
