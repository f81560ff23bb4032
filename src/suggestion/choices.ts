import { bareLine } from './lines.ts';

/** An arm of a choice: what it is for, each by itself. */
type Arm = readonly string[];

/** The head of a line of a choice between conditions. */
interface Branch {
  /** Whether it begins the choice. */
  readonly first: boolean;
  /** What has to be; empty for what is left. */
  readonly condition: string;
}

/** How an arm begins, by language; elsewhere none is known by what it is for alone. */
const labels: Readonly<Record<string, RegExp>> = {
  shellscript: /^\(?((?:[^\s()"'`;&|]|"[^"]*"|'[^']*'|\s?\|\s?)+)\)(?:\s|$)/,
  typescript: /^case\s+(.+?)\s*:(?![:\w'"])/,
  c: /^case\s+(.+?)\s*:(?!:)/,
  go: /^case\s+(.+?)\s*:(?!=)/,
  swift: /^case\s+(.+?)\s*:/,
  python: /^case\s+(.+?)\s*:$/,
  ruby: /^when\s+(.+?)(?:\s+then\b.*)?$/,
  rust: /^(.+?)\s*=>(?:\s|$)/,
  csharp: /^(?:case\s+(.+?)\s*:(?!:)|([\w.]+|"[^"]*"|_)\s*=>.*,$)/,
  kotlin: /^(.+?)\s*->(?:\s|$)/,
  scala: /^case\s+(.+?)\s*=>/,
  elixir: /^(.+?)\s*->(?:\s|$)/,
  haskell: /^(.+?)\s*->(?:\s|$)/,
  fsharp: /^\|\s*(.+?)\s*->(?:\s|$)/,
  ocaml: /^\|\s*(.+?)\s*->(?:\s|$)/,
  sql: /^when\s+(.+?)\s+then\b/i,
};
const sameLabels: Readonly<Record<string, string>> = {
  javascript: 'typescript',
  typescriptreact: 'typescript',
  javascriptreact: 'typescript',
  php: 'typescript',
  cpp: 'c',
  java: 'c',
  dart: 'c',
};
/** An arm that asks for more than its label says, or binds what is there: it may stand beside one of the same label. */
const guarded = /\b(if|when|where|unless)\b|=>|[{(].*[^\w)}\s"'].*[)}]/;
const rest = /^default\s*:/;

/** What an arm is for, as its alternatives; undefined for a line that is none, or one with a condition of its own. */
export function armOf(line: string, language: string): Arm | undefined {
  if (rest.test(line) && /script|^(c|cpp|java|csharp|go|swift|php|dart)$/.test(language)) return ['default'];
  const name = Object.hasOwn(sameLabels, language) ? sameLabels[language] : language;
  const form = name !== undefined && Object.hasOwn(labels, name) ? labels[name] : undefined;
  const found = form?.exec(line);
  const label = found?.[1] ?? found?.[2];
  if (label === undefined || guarded.test(label)) return undefined;
  const alternatives = label.split(language === 'go' || language === 'kotlin' ? /,/ : /\||,/);
  return alternatives.map((each) => bareLine(each));
}

/** Whether what an arm is for is what others are for already. */
export function isCovered(arm: Arm, others: readonly Arm[]): boolean {
  return arm.every((each) => others.some((other) => other.includes(each)));
}

const branch =
  /^(?:[})]\s*)?(?:(else\s*if|elif|elsif|elseif)\b\s*|(if|unless)\b\s*|else\b(?=\s*(?:[:{]|$|then\b)))(.*)$/i;

/** The branch that a line begins; undefined where it begins none. */
export function branchOf(line: string): Branch | undefined {
  const found = branch.exec(line);
  if (!found) return undefined;
  const [, again, first, behind = ''] = found;
  if (again === undefined && first === undefined) return { first: false, condition: '' };
  const bare = behind.replace(/(?:\s*;?\s*\bthen\b|\s*[:{])\s*(?:(?:\/\/|#|--).*)?$/i, '').trim();
  return {
    first: first !== undefined,
    condition: bareLine(/^\(.*\)$/.test(bare) ? bare.slice(1, -1) : bare),
  };
}
