import type { Family } from './languages.ts';

export interface CodeToken {
  readonly kind: 'comment' | 'string' | 'name' | 'number' | 'space' | 'mark';
  readonly text: string;
}

const SLASH_COMMENT = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const QUOTED = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`;
// A slash behind one of these opens a regular expression, elsewhere it divides.
const REGEX = String.raw`(?<=[=(,:!&|?{};\n]\s*|return )\/(?![*\/ ])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^\/\\\n[])+\/[a-z]*`;

const STRINGS: Readonly<Record<Family, string>> = {
  script: `${QUOTED}|\`(?:\\\\.|[^\`\\\\])*\`|${REGEX}`,
  python: String.raw`[rbuf]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|${QUOTED})`,
  go: `${QUOTED}|\`[^\`]*\``,
  // A quote may also begin a lifetime.
  rust: String.raw`"(?:\\.|[^"\\])*"|'(?:\\[^\n]{1,8}?|[^\\'\n])'|'\w+`,
  c: QUOTED,
  java: QUOTED,
};

/**
 * The tokens of a piece of code; together they are its text. This knows enough of a language to tell names from
 * strings and comments, nothing of its grammar.
 */
export function tokensOf(text: string, family: Family): CodeToken[] {
  const comment = family === 'python' ? '#[^\\n]*' : SLASH_COMMENT;
  const pattern = new RegExp(
    `(?<comment>${comment})|(?<string>${STRINGS[family]})|(?<name>[\\p{L}_$][\\p{L}\\p{N}_$]*)` +
      '|(?<number>\\d[\\w.]*)|(?<space>\\s+)|(?<mark>=>|->|::|\\?\\.|\\.\\.\\.|[=!]==?|[^])',
    'giu',
  );
  return [...text.matchAll(pattern)].map((match) => {
    const [kind] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    return { kind: kind as CodeToken['kind'], text: match[0] };
  });
}

/** Whether quotes and brackets come in pairs: where not, the tokens were read wrongly. */
export function isBalanced(tokens: readonly CodeToken[]): boolean {
  const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  const open: string[] = [];
  for (const { kind, text } of tokens) {
    if (kind !== 'mark') continue;
    if (/["'`]/.test(text)) return false;
    if (/[([{]/.test(text)) open.push(text);
    else if (CLOSES[text] !== undefined && open.pop() !== CLOSES[text]) return false;
  }
  return open.length === 0;
}
