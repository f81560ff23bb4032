import fastGlob from 'fast-glob';

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

/** Source files of a folder in the order of their paths: nothing installed, hidden, built, minified, locked or very long. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const pattern = `**/*.{${ENDINGS}}`;
  const files = await fastGlob(pattern, { cwd: folder, ignore: IGNORED, stats: true });
  const short = files.filter(({ stats }) => (stats?.size ?? 0) <= LONGEST_FILE);
  return short.map(({ path: file }) => file).sort();
}
