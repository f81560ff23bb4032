import { stat } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../errors.ts';
import { Exclusion } from '../files/exclusion.ts';
import { GitIgnores } from '../files/git.ts';
import { ownListOf } from '../files/ownList.ts';

/** Endings of the files that prompts are cut from. */
const ENDINGS = 'ts,tsx,js,mjs,cjs,jsx,py,go,rs,java,c,h,cpp,cs,rb,php,css,html,json,yaml,yml,sh,md,rst';
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

/**
 * Source files of a folder in the order of their paths: nothing installed, hidden, built, minified, locked or very long, and
 * nothing that holds secrets by its name, that the folder's own list names or that git ignores, but where the folder itself is
 * ignored.
 * @param excluded further patterns of files that are not read, as in .gitignore. @throws UserError `no-folder`.
 */
export async function sourceFiles(folder: string, excluded: readonly string[] = []): Promise<string[]> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new UserError('no-folder', `There is no folder ${folder}. Name one that exists.`);
  }
  const pattern = `**/*.{${ENDINGS}}`;
  const files = await fastGlob(pattern, { cwd: folder, ignore: IGNORED, stats: true });
  const short = files.filter(({ stats }) => (stats?.size ?? 0) <= LONGEST_FILE);
  const root = path.resolve(folder);
  const git = new GitIgnores(root);
  const heeded = !(await git.ignores(root));
  const exclusion = Exclusion.withSecrets([...excluded, ...ownListOf(root)]);
  const readable: string[] = [];
  for (const { path: file } of short) {
    if (exclusion.excludes(file)) continue;
    if (heeded && (await git.ignores(path.join(root, file)))) continue;
    readable.push(file);
  }
  return readable.sort();
}
