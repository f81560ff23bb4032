/** The little that the editor side knows of languages: how a line comment begins, and what is prose. */

const hash = '#';
const slashes = '//';
const dashes = '--';

const lineComments: Readonly<Record<string, string>> = {
  c: slashes,
  cpp: slashes,
  csharp: slashes,
  dart: slashes,
  go: slashes,
  java: slashes,
  javascript: slashes,
  javascriptreact: slashes,
  jsonc: slashes,
  kotlin: slashes,
  php: slashes,
  rust: slashes,
  scala: slashes,
  swift: slashes,
  typescript: slashes,
  typescriptreact: slashes,
  coffeescript: hash,
  dockerfile: hash,
  elixir: hash,
  julia: hash,
  makefile: hash,
  perl: hash,
  powershell: hash,
  python: hash,
  r: hash,
  ruby: hash,
  shellscript: hash,
  toml: hash,
  yaml: hash,
  haskell: dashes,
  lua: dashes,
  sql: dashes,
};

const prose = new Set([
  'plaintext',
  'markdown',
  'latex',
  'restructuredtext',
  'asciidoc',
  'git-commit',
  'log',
]);

/** What begins a comment that ends with the line; undefined where there is none or it is not known. */
export function lineCommentOf(language: string): string | undefined {
  return Object.hasOwn(lineComments, language) ? lineComments[language] : undefined;
}

/** Whether indentation and brackets say nothing about the structure of a text in this language. */
export function isProse(language: string): boolean {
  return prose.has(language);
}
