import path from 'node:path';
import fastGlob from 'fast-glob';

/** Languages by extension: what prompts are cut from. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescriptreact',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascriptreact',
  py: 'python',
  go: 'go',
  rs: 'rust',
  java: 'java',
  c: 'c',
  h: 'c',
  cpp: 'cpp',
  cs: 'csharp',
  rb: 'ruby',
  php: 'php',
  css: 'css',
  html: 'html',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  sh: 'shellscript',
  md: 'markdown',
  rst: 'restructuredtext',
};
const IGNORED = [
  '**/node_modules/**',
  '**/.*/**',
  '**/dist/**',
  '**/build/**',
  '**/*.min.*',
  '**/*-lock.{json,yaml,yml}',
];
const LONGEST_FILE = 200_000;

/** A cursor has at least this much text before it, in characters. */
export const LEAST_PREFIX = 200;
/** Characters of a file from which it holds cursors. */
export const LEAST_FILE = 2 * LEAST_PREFIX;

/** Source files of a folder in the order of their paths: nothing installed, hidden, built, minified, locked or very long. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const pattern = `**/*.{${Object.keys(LANGUAGES).join(',')}}`;
  const files = await fastGlob(pattern, { cwd: folder, ignore: IGNORED, stats: true });
  const short = files.filter(({ stats }) => (stats?.size ?? 0) <= LONGEST_FILE);
  return short.map(({ path: file }) => file).sort();
}

/** The editor's id of a source file's language. */
export function languageOf(file: string): string {
  return LANGUAGES[path.extname(file).slice(1)]!;
}
