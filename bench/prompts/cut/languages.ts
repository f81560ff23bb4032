/** A line of a source file; `start` is its offset, `text` has no trailing blanks. */
interface Line {
  readonly start: number;
  readonly text: string;
  readonly indent: string;
  /** Whether kinds for code see a comment in it, or kinds for prose no prose. */
  readonly comment: boolean;
}

export interface Cut {
  /** Offset of the cursor. */
  readonly at: number;
  /** Offset of the end of what is removed. */
  readonly end: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly language: Language;
  readonly lines: readonly Line[];
  /** ISO 639 code of the natural language it is written in, where that is the point. */
  readonly naturalLanguage?: string | undefined;
  /** The cuts that the file has given so far. */
  cuts: Cut[];
}

/** Kinds of cursor, in the order in which they take turns; see `kinds.ts`. */
export type CursorKind = 'line-rest' | 'word' | 'line' | 'block' | 'prose';

/** How names, strings, comments and functions look: enough to edit a function, see `functions.ts`. */
export type Family = 'script' | 'python' | 'go' | 'rust' | 'c' | 'java';

export interface Language {
  /** VS Code's id. */
  readonly id: string;
  /** How prompts' ids begin. */
  readonly short: string;
  /** Whether it is documentation rather than code. */
  readonly docs: boolean;
  readonly kinds: readonly CursorKind[];
  /** A line that opens a block, and the one behind its end. */
  readonly opens: RegExp;
  readonly closes: RegExp;
  /** For every line, see `Line.comment`. */
  readonly comments: (lines: readonly string[]) => boolean[];
  readonly family?: Family;
}

const NEVER = /(?!)/;
const CODE_KINDS: readonly CursorKind[] = ['line-rest', 'word', 'line', 'block', 'line-rest', 'block'];
const DOCS_KINDS: readonly CursorKind[] = ['prose', 'prose', 'word'];
const PYTHON_HEAD = /^\s*(async\s+)?(def|class|if|elif|else|for|while|with|try|except|finally)\b.*:\s*$/;

const BRACES = {
  docs: false,
  kinds: CODE_KINDS,
  opens: /\{$/,
  closes: /^\s*\}/,
  comments: slashComments,
} as const;
const PROSE = { docs: true, kinds: DOCS_KINDS, opens: NEVER, closes: NEVER } as const;

/** By file name ending. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  js: { id: 'javascript', short: 'js', ...BRACES, family: 'script' },
  mjs: { id: 'javascript', short: 'js', ...BRACES, family: 'script' },
  ts: { id: 'typescript', short: 'ts', ...BRACES, family: 'script' },
  tsx: { id: 'typescriptreact', short: 'tsx', ...BRACES, family: 'script' },
  py: {
    id: 'python',
    short: 'py',
    docs: false,
    kinds: CODE_KINDS,
    opens: PYTHON_HEAD,
    closes: /^/,
    comments: docstrings,
    family: 'python',
  },
  go: { id: 'go', short: 'go', ...BRACES, family: 'go' },
  rs: { id: 'rust', short: 'rs', ...BRACES, family: 'rust' },
  c: { id: 'c', short: 'c', ...BRACES, family: 'c' },
  h: { id: 'cpp', short: 'cpp', ...BRACES, family: 'c' },
  java: { id: 'java', short: 'java', ...BRACES, family: 'java' },
  css: { id: 'css', short: 'css', ...BRACES },
  sh: {
    id: 'shellscript',
    short: 'sh',
    docs: false,
    kinds: CODE_KINDS,
    opens: /(\b(then|do|else)|\{)$/,
    closes: /^\s*(fi|done|else|elif|\})/,
    comments: (lines) => lines.map((line) => /^\s*#/.test(line)),
  },
  md: { id: 'markdown', short: 'md', ...PROSE, comments: notProse },
  rst: { id: 'restructuredtext', short: 'rst', ...PROSE, comments: notProse },
  txt: { id: 'plaintext', short: 'txt', ...PROSE, kinds: ['prose'], comments: shortLines },
};

/** The language that the ending of a path names. */
export function languageOf(path: string): Language | undefined {
  const ending = path.split('.').pop()!;
  return Object.hasOwn(LANGUAGES, ending) ? LANGUAGES[ending] : undefined;
}

/** A file ready to be cut. @throws Error for an ending that is none of `LANGUAGES`. */
export function openFile(path: string, text: string, naturalLanguage?: string): SourceFile {
  const language = languageOf(path);
  if (!language) throw new Error(`${path} is in no language that can be cut.`);
  const raw = text.split('\n');
  const comments = language.comments(raw);
  let start = 0;
  const lines = raw.map((line, i) => {
    const entry = { start, text: line.trimEnd(), indent: /^\s*/.exec(line)![0], comment: comments[i]! };
    start += line.length + 1;
    return entry;
  });
  return { path, text, language, lines, naturalLanguage, cuts: [] };
}

function slashComments(lines: readonly string[]): boolean[] {
  let open = false;
  return lines.map((line) => {
    const comment = open || /^\s*\/[/*]/.test(line);
    if (/^\s*\/\*/.test(line)) open = true;
    if (line.includes('*/')) open = false;
    return comment;
  });
}

function docstrings(lines: readonly string[]): boolean[] {
  let open = false;
  return lines.map((line) => {
    const quotes = line.split(/"""|'''/).length - 1;
    const comment = open || quotes > 0 || /^\s*#/.test(line);
    if (quotes % 2) open = !open;
    return comment;
  });
}

function notProse(lines: readonly string[]): boolean[] {
  let fenced = false;
  return lines.map((line) => {
    const fence = /^\s*```/.test(line);
    if (fence) fenced = !fenced;
    const words = line.match(/(?<![\w/.])[a-z]+(?![\w/])/g) ?? [];
    return fence || fenced || words.length < 6 || /^\s*([#|<>$:[]|\.\.)|[{};<]/.test(line);
  });
}

function shortLines(lines: readonly string[]): boolean[] {
  return lines.map((line) => line.length < 60 || line.startsWith('#'));
}
