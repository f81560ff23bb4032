import type { Rewritten } from './edits.ts';
import { type CodeFunction, parameterSpan } from './functions.ts';
import type { Family } from './languages.ts';
import { type CodeToken, tokensOf } from './tokens.ts';

/** A small mechanical change, or undefined where the function has nothing to change. */
type Rewrite = (one: CodeFunction) => Rewritten | undefined;

const INDENT = /^\s*/;

/** Lines one to one from a text of as many lines; undefined when fewer than `least` differ. */
function oneToOne(one: CodeFunction, change: string, text: string, least = 2): Rewritten | undefined {
  const lines = text.split('\n');
  const changed = lines.filter((line, i) => line !== one.lines[i]).length;
  return changed < least ? undefined : { change, lines: lines.map((line) => [line]) };
}

function mapTokens({ lines, family }: CodeFunction, map: (token: CodeToken) => string): string {
  return tokensOf(lines.join('\n'), family).map(map).join('');
}

/** The kind of quotes that the function uses more becomes the other kind. */
const quotes: Rewrite = (one) => {
  const plain = /^([rbuf]{0,2})(["'])((?:(?!["'\\])[^\n])*)\2$/i;
  const used = tokensOf(one.lines.join('\n'), one.family).filter(
    ({ kind, text }) => kind === 'string' && plain.test(text),
  );
  const doubles = used.filter(({ text }) => text.endsWith('"')).length;
  const [from, to] = doubles * 2 > used.length ? ['"', "'"] : ["'", '"'];
  const text = mapTokens(one, (token) =>
    token.kind === 'string' && token.text.endsWith(from)
      ? token.text.replace(plain, (_, prefix: string, _quote, inner: string) => `${prefix}${to}${inner}${to}`)
      : token.text,
  );
  return oneToOne(one, 'quotes', text);
};

const STATEMENT =
  /^\s*(?:(?:const|let|var|return|throw|await|yield)\b|(?:this\.)?[\w$]+(?:\.[\w$]+)*(?:\(|\[|\s[-+*/|&]?=\s|\+\+|--)).*[\w)\]'"`]$/;

/** Semicolons go where there are some, and come where there are none. */
const semicolons: Rewrite = (one) => {
  const { lines } = one;
  if (lines.some((line) => line.endsWith(';'))) {
    const dropped = lines.map((line, i) =>
      /^\s*[([`]/.test(lines[i + 1] ?? '') ? line : line.replace(/;$/, ''),
    );
    return oneToOne(one, 'semicolons', dropped.join('\n'), 3);
  }
  const depth = (line: string) => line.replace(/[^([{]/g, '').length - line.replace(/[^)\]}]/g, '').length;
  const added = lines.map((line, i) => {
    const goesOn = /^\s*[.?:&|+*/,=<>-]/.test(lines[i + 1] ?? '');
    return i > 0 && STATEMENT.test(line) && depth(line) === 0 && !goesOn ? `${line};` : line;
  });
  return oneToOne(one, 'semicolons', added.join('\n'), 3);
};

const constToLet: Rewrite = (one) =>
  oneToOne(
    one,
    'let',
    mapTokens(one, ({ kind, text }) => (kind === 'name' && text === 'const' ? 'let' : text)),
  );

const varToConst: Rewrite = (one) =>
  oneToOne(
    one,
    'const',
    mapTokens(one, ({ kind, text }) => (kind === 'name' && text === 'var' ? 'const' : text)),
  );

/** A declared function becomes an arrow function, with a type for its result where types are written. */
const arrow: Rewrite = (one) => {
  if (one.opening !== one.first) return undefined;
  const head = /^(\s*(?:export )?)(async )?function (\w+)\s*((?:<.*>)?\(.*)\{$/.exec(one.lines[0]!);
  if (!head) return undefined;
  const [, start = '', async = '', name, rest] = head;
  return oneToOne(
    one,
    'arrow',
    [`${start}const ${name} = ${async}${rest}=> {`, ...one.lines.slice(1)].join('\n'),
    1,
  );
};

/** Calls whose result is kept or returned are awaited, and the function becomes asynchronous. */
const asynchronous: Rewrite = (one) => {
  const head = one.lines[0]!;
  if (/\basync\b|^\s*(get|set|constructor)\b|__\w+__|=>|function\*|\byield\b/.test(head)) return undefined;
  const python = one.family === 'python';
  const newHead = python
    ? head.replace('def ', 'async def ')
    : /\bfunction\b/.test(head)
      ? head.replace('function', 'async function')
      : head.replace(/^(\s*(?:(?:public|private|protected|static|override) )*)/, '$1async ');
  const body = one.lines
    .slice(1)
    .map((line) =>
      /^\s*(#|\/\/|\*)/.test(line)
        ? line
        : line.replace(
            /(\breturn |[\w)\]] = )(?=(?:this\.|self\.)?[a-z]\w*(?:\.\w+)*\()(?!function\b)/g,
            '$1await ',
          ),
    );
  return oneToOne(one, 'async', [newHead, ...body].join('\n'));
};

/** A line right below the head. */
function insert(
  one: CodeFunction,
  change: string,
  line: (indent: string) => string[] | undefined,
): Rewritten | undefined {
  const opening = one.opening - one.first;
  const below = one.lines.slice(opening + 1).find((each) => each !== '');
  const added = below && line(INDENT.exec(below)![0]);
  if (!added) return undefined;
  return { change, lines: one.lines.map((each, i) => (i === opening ? [each, ...added] : [each])) };
}

function sentence(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

const comment: Rewrite = (one) =>
  insert(one, 'comment', (indent) => [
    one.family === 'python' ? `${indent}# ${sentence(one.name)}` : `${indent}// ${sentence(one.name)}`,
  ]);

const docstring: Rewrite = (one) =>
  one.lines.some((line) => line.includes('"""'))
    ? undefined
    : insert(one, 'docstring', (indent) => [`${indent}"""${sentence(one.name)}"""`]);

const earlyReturn: Rewrite = (one) => {
  const [name] = one.parameters;
  if (!name || /^\s*(get|set|constructor)\b/.test(one.lines[0]!)) return undefined;
  return insert(one, 'early-return', (indent) => {
    if (one.family === 'python') {
      const step = indent.slice(INDENT.exec(one.lines[0]!)![0].length);
      return [`${indent}if ${name} is None:`, `${indent}${step}return None`];
    }
    const end = one.lines.some((line) => line.endsWith(';')) ? ';' : '';
    return [`${indent}if (${name} === undefined) return undefined${end}`];
  });
};

/** Types for the parameters of a Python function that has none. */
const annotations: Rewrite = (one) => {
  const head = one.lines[0]!;
  const span = one.opening === one.first ? parameterSpan(head, 'python') : undefined;
  if (!span || one.parameters.length === 0 || head.slice(...span).includes(':')) return undefined;
  const typed = head
    .slice(...span)
    .split(', ')
    .map((part) => {
      const [name = '', value] = part.split('=');
      if (/^(self|cls|\*.*|\/)?$/.test(name)) return part;
      return value === undefined ? `${name}: Any` : `${name}: ${typeOf(value)} = ${value}`;
    });
  return oneToOne(
    one,
    'types',
    [head.slice(0, span[0]) + typed.join(', ') + head.slice(span[1]), ...one.lines.slice(1)].join('\n'),
    1,
  );
};

function typeOf(value: string): string {
  if (/^(True|False)$/.test(value)) return 'bool';
  if (/^-?\d+$/.test(value)) return 'int';
  if (/^-?[\d.]+(e-?\d+)?$/.test(value)) return 'float';
  return /^["']/.test(value) ? 'str' : 'Any';
}

/** What other languages share: a comment, and `NULL` by its newer name. */
const nullptr: Rewrite = (one) =>
  oneToOne(
    one,
    'nullptr',
    mapTokens(one, ({ kind, text }) => (kind === 'name' && text === 'NULL' ? 'nullptr' : text)),
  );

/** Every change that a language offers. */
export const REWRITES: Readonly<Record<Family, readonly Rewrite[]>> = {
  script: [quotes, semicolons, constToLet, varToConst, arrow, asynchronous, comment, earlyReturn],
  python: [quotes, asynchronous, docstring, comment, earlyReturn, annotations],
  go: [comment],
  rust: [comment],
  c: [nullptr, comment],
  java: [comment],
};
