/** The little that the editor side knows of languages: how a line comment begins, and what is prose. */

const hash = '#';
const slashes = '//';
const dashes = '--';
const percent = '%';
const semicolon = ';';

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
  bicep: slashes,
  fsharp: slashes,
  glsl: slashes,
  groovy: slashes,
  hlsl: slashes,
  'objective-c': slashes,
  'objective-cpp': slashes,
  prisma: slashes,
  proto: slashes,
  proto3: slashes,
  solidity: slashes,
  thrift: slashes,
  verilog: slashes,
  systemverilog: slashes,
  wgsl: slashes,
  zig: slashes,
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
  awk: hash,
  cmake: hash,
  crystal: hash,
  dotenv: hash,
  fish: hash,
  gdscript: hash,
  graphql: hash,
  hcl: hash,
  ignore: hash,
  nim: hash,
  nix: hash,
  properties: hash,
  starlark: hash,
  tcl: hash,
  terraform: hash,
  haskell: dashes,
  lua: dashes,
  sql: dashes,
  ada: dashes,
  elm: dashes,
  lean4: dashes,
  purescript: dashes,
  vhdl: dashes,
  erlang: percent,
  matlab: percent,
  prolog: percent,
  clojure: semicolon,
  commonlisp: semicolon,
  ini: semicolon,
  lisp: semicolon,
  racket: semicolon,
  scheme: semicolon,
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

const slashed = ['/*', '*/'] as const;
const tagged = ['<!--', '-->'] as const;
const rounded = ['(*', '*)'] as const;
const blockComments: Readonly<Record<string, readonly [begin: string, end: string]>> = {
  astro: tagged,
  handlebars: tagged,
  svelte: tagged,
  vue: tagged,
  fsharp: rounded,
  ocaml: rounded,
  terraform: slashed,
  hcl: slashed,
};

/** How a comment of several lines begins and ends; undefined where there is none or it is not known. */
export function blockCommentOf(language: string): readonly [begin: string, end: string] | undefined {
  if (Object.hasOwn(blockComments, language)) return blockComments[language];
  return lineCommentOf(language) === slashes ? slashed : undefined;
}

/** Whether indentation and brackets say nothing about the structure of a text in this language. */
export function isProse(language: string): boolean {
  return prose.has(language);
}

/** Whether brackets have to be closed in a language: in code, and braces in TeX. */
export function hasBrackets(language: string): boolean {
  return !isProse(language) || language === 'latex';
}
