import { type Draw, pick, shuffle } from './draw.ts';
import type { Rewritten } from './edits.ts';
import { type CodeFunction, parameterSpan } from './functions.ts';
import type { Family } from './languages.ts';
import { type CodeToken, tokensOf } from './tokens.ts';

const FEWEST_USES = 4;

/** How a local begins to be one, its name in group 1. */
const LOCALS: Readonly<Record<Family, RegExp>> = {
  script: /\b(?:const|let|var)\s+(\w+)/g,
  python: /^\s*(\w+)\s*=(?!=)|\bfor (\w+) in\b/gm,
  go: /(\w+)(?:, \w+)* :=/g,
  rust: /\blet (?:mut )?(\w+)/g,
  c: /^\s+(?:const )?[A-Za-z_]\w*[\s*&]+(\w+) =/gm,
  java: /^\s+(?:final )?[A-Z]\w*(?:<[^=;]*>)?(?:\[\])? (\w+) =/gm,
};

const WORDS = ['current', 'given', 'inner', 'local', 'own', 'next'];

/** A parameter or local that is used at least four times gets another name everywhere; one result for each. */
export function rename(one: CodeFunction, draw: Draw): Rewritten[] {
  const body = one.lines.join('\n');
  const locals = [...body.matchAll(LOCALS[one.family])].map((match) => match[1] ?? match[2]);
  const names = [...new Set([...one.parameters, ...locals])].filter(
    (name): name is string => name !== undefined && !/^(_|err|ok|\d.*)$/.test(name),
  );
  return shuffle(names, draw).flatMap((name) => {
    const to = newName(name, body, one.family, draw);
    const tokens = tokensOf(body, one.family);
    const uses = tokens.filter((_, i) => isUse(tokens, i, name, one.family)).length;
    if (uses < FEWEST_USES) return [];
    const text = tokens
      .map((token, i) => {
        if (isUse(tokens, i, name, one.family)) return to;
        return token.kind === 'string' ? inTemplate(token.text, name, to) : token.text;
      })
      .join('');
    return [{ change: 'rename', lines: text.split('\n').map((line) => [line]) }];
  });
}

function newName(name: string, body: string, family: Family, draw: Draw): string {
  const word = pick(
    WORDS.filter((each) => !body.includes(each)),
    draw,
  );
  const start = word ?? 'renamed';
  return name.includes('_') || ['python', 'rust', 'c'].includes(family)
    ? `${start}_${name}`.replace(/_+/g, '_')
    : `${start}${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** A name that is no member of something else, no key of an object and no keyword of a call. */
function isUse(tokens: readonly CodeToken[], i: number, name: string, family: Family): boolean {
  const token = tokens[i]!;
  if (token.kind !== 'name' || token.text !== name) return false;
  const before = tokens[i - 1]?.text ?? '';
  if (['.', '?.', '->', '::'].includes(before)) return false;
  const after = tokens[i + 1]?.text ?? '';
  const behind = tokens[before.trim() === '' ? i - 2 : i - 1]?.text ?? '';
  if (family === 'python') return !(after === '=' && /^[(,]$/.test(behind) && before !== '\n');
  // `key: value` in an object; a type's colon in a head looks the same and is rare enough in bodies.
  return !(family === 'script' && after === ':' && /^[{,]$/.test(behind) && i > tokens.length / 3);
}

function inTemplate(text: string, name: string, to: string): string {
  return text.replace(/\{[^{}]*\}/g, (hole) =>
    hole.replace(new RegExp(`(?<![\\w.$])${name.replaceAll('$', '\\$')}(?!\\w)`, 'g'), () => to),
  );
}

/** What a new parameter is called and how it is declared, in turn. */
const PARAMETERS: Readonly<Record<Family, readonly (readonly [name: string, declaration: string])[]>> = {
  script: [
    ['options', 'options'],
    ['context', 'context'],
    ['strict', 'strict'],
    ['depth', 'depth'],
  ],
  python: [
    ['strict', 'strict=False'],
    ['context', 'context=None'],
    ['timeout', 'timeout=None'],
    ['depth', 'depth=0'],
  ],
  go: [['depth', 'depth int']],
  rust: [['depth', 'depth: usize']],
  c: [['flags', 'int flags']],
  java: [['strict', 'boolean strict']],
};
const TYPED: Readonly<Record<string, string>> = {
  options: 'options: Options',
  context: 'context: Context',
  strict: 'strict: boolean',
  depth: 'depth: number',
};

const NOT_CALLED =
  /^(if|for|while|switch|catch|function|return|typeof|require|super|def|func|fn|print|len|isinstance|Error|TypeError|ValueError|Number|String|Boolean|Array|parseInt|sizeof|append|make|Some|Ok|Err|Set|Map|str|int|list|dict|set|tuple|range|type|assert|async|await|and|or|not|in|is|else|elif|lambda|yield|raise|match)$/;

/** A parameter more, handed to every call of one of the functions called; one result for each such function. */
export function addParameter(one: CodeFunction, draw: Draw): Rewritten[] {
  const { family, lines, opening, first, file } = one;
  const span = opening === first ? parameterSpan(lines[0]!, family) : undefined;
  const body = lines.join('\n');
  const choice = pick(
    PARAMETERS[family].filter(([name]) => !new RegExp(`\\b${name}\\b`).test(body)),
    draw,
  );
  if (!span || !choice || /^\s*(get|set) /.test(lines[0]!)) return [];
  const [name, plain] = choice;
  const declared = file.language.id.startsWith('typescript') ? TYPED[name]! : plain;
  const head = withParameter(lines[0]!, span, declared);
  const calls = new Map<string, number>();
  for (const [, called] of lines
    .slice(1)
    .join('\n')
    .matchAll(/(?<![\w$])([\w$]+)\(/g)) {
    if (called && !NOT_CALLED.test(called)) calls.set(called, (calls.get(called) ?? 0) + 1);
  }
  const byUse = shuffle([...calls.keys()], draw).sort((a, b) => calls.get(b)! - calls.get(a)!);
  return byUse.map((called) => ({
    change: 'parameter',
    lines: lines.map((line, i) => [i === 0 ? head : handOn(line, called, name)]),
  }));
}

function withParameter(head: string, [from, to]: [number, number], declared: string): string {
  const old = head.slice(from, to).replace(/,\s*$/, '');
  const open = /(^|,\s*)(\*\*\w+|\.\.\..*)$/.exec(old);
  const put = open
    ? `${old.slice(0, open.index)}${open.index > 0 ? ', ' : ''}${declared}, ${open[2]}`
    : `${old}${old.trim() === '' ? '' : ', '}${declared}`;
  return head.slice(0, from) + put + head.slice(to);
}

/** Calls that end on the line get the argument; others stay. */
function handOn(line: string, called: string, name: string): string {
  let out = '';
  let from = 0;
  for (const match of line.matchAll(new RegExp(`(?<![\\w$])${called.replaceAll('$', '\\$')}\\(`, 'g'))) {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    for (; end < line.length; end++) {
      if (/[([{]/.test(line[end]!)) depth++;
      else if (/[)\]}]/.test(line[end]!) && --depth === 0) break;
    }
    if (depth > 0 || end < from) continue;
    out += `${line.slice(from, end)}${line.slice(start, end).trim() === '' ? '' : ', '}${name}`;
    from = end;
  }
  return out + line.slice(from);
}
