import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../errors.ts';
import type { BenchPrompt } from '../measure/prompts.ts';
import { seededRandom } from '../measure/statistics.ts';

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
const PREFIX_CHARS = 6000;
const SUFFIX_CHARS = 2000;
const CURSORS_PER_FILE = 4;
/** A cursor has at least this much text before it. */
const LEAST_PREFIX = 200;

/**
 * Completion prompts cut from the source files of a folder, the same ones each time: cursors at random places of random
 * lines, half of them at the start of the line behind its indentation.
 * @throws UserError `no-sources`.
 */
export async function cutPrompts(folder: string): Promise<BenchPrompt[]> {
  const random = seededRandom(1);
  const prompts: BenchPrompt[] = [];
  for (const file of await sourceFiles(folder)) {
    const text = (await readFile(path.join(folder, file), 'utf8')).replace(/\r\n?/g, '\n');
    const language = LANGUAGES[path.extname(file).slice(1)]!;
    for (const at of cursors(text, random)) {
      const lineEnd = text.indexOf('\n', at);
      const end = lineEnd < 0 ? text.length : lineEnd;
      prompts.push({
        id: `${file}:${at}`,
        task: 'complete',
        language,
        path: file,
        prefix: text.slice(Math.max(0, at - PREFIX_CHARS), at),
        suffix: text.slice(end, end + SUFFIX_CHARS),
        expected: text.slice(at, end),
        class: 'line',
      });
    }
  }
  if (prompts.length > 0) return prompts;
  throw new UserError(
    'no-sources',
    `${folder} holds no source files of more than ${2 * LEAST_PREFIX} characters. Name another folder.`,
  );
}

/** Source files of a folder in the order of their paths: nothing installed, hidden, built, minified, locked or very long. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const pattern = `**/*.{${Object.keys(LANGUAGES).join(',')}}`;
  const files = await fastGlob(pattern, { cwd: folder, ignore: IGNORED, stats: true });
  const short = files.filter(({ stats }) => (stats?.size ?? 0) <= LONGEST_FILE);
  return short.map(({ path: file }) => file).sort();
}

function cursors(text: string, random: () => number): number[] {
  const places = new Set<number>();
  for (let i = 0; i < CURSORS_PER_FILE && text.length > 2 * LEAST_PREFIX; i++) {
    const any = LEAST_PREFIX + Math.floor(random() * (text.length - LEAST_PREFIX));
    const line = text.lastIndexOf('\n', any - 1) + 1;
    const code = line + (/^[ \t]*/.exec(text.slice(line, line + 80))?.[0].length ?? 0);
    places.add(random() < 0.5 ? Math.max(LEAST_PREFIX, code) : any);
  }
  return [...places];
}
