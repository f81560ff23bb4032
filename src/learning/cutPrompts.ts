import { UserError } from '../errors.ts';
import type { BenchPrompt } from '../measure/prompts.ts';
import { seededRandom } from '../measure/statistics.ts';
import { languageOf } from '../prompts/language.ts';
import { LEAST_FILE, LEAST_PREFIX } from './sourceFiles.ts';
import { readWorkspace, type WorkspaceFile } from './workspace.ts';

const PREFIX_CHARS = 6000;
const SUFFIX_CHARS = 2000;
const CURSORS_PER_FILE = 4;

/**
 * Completion prompts cut from the source files of a folder, the same ones each time: cursors at random places of random
 * lines, half of them at the start of the line behind its indentation.
 * @throws UserError `no-sources`.
 */
export async function cutPrompts(folder: string): Promise<BenchPrompt[]> {
  const prompts = promptsIn(await readWorkspace(folder));
  if (prompts.length > 0) return prompts;
  throw new UserError(
    'no-sources',
    `${folder} holds no source files of more than ${LEAST_FILE} characters. Name another folder.`,
  );
}

/** Prompts cut from files that were read, see {@link cutPrompts}. @param perFile cursors in each, at most. */
export function promptsIn(files: readonly WorkspaceFile[], perFile = CURSORS_PER_FILE): BenchPrompt[] {
  const random = seededRandom(1);
  const prompts: BenchPrompt[] = [];
  for (const { path: file, text } of files) {
    for (const at of cursors(text, perFile, random)) {
      const lineEnd = text.indexOf('\n', at);
      const end = lineEnd < 0 ? text.length : lineEnd;
      prompts.push({
        id: `${file}:${at}`,
        task: 'complete',
        language: languageOf(file),
        path: file,
        prefix: text.slice(Math.max(0, at - PREFIX_CHARS), at),
        suffix: text.slice(end, end + SUFFIX_CHARS),
        expected: text.slice(at, end),
        class: 'line',
      });
    }
  }
  return prompts;
}

function cursors(text: string, count: number, random: () => number): number[] {
  const places = new Set<number>();
  for (let i = 0; i < count; i++) {
    const any = LEAST_PREFIX + Math.floor(random() * (text.length - LEAST_PREFIX));
    const line = text.lastIndexOf('\n', any - 1) + 1;
    const code = line + (/^[ \t]*/.exec(text.slice(line, line + 80))?.[0].length ?? 0);
    places.add(random() < 0.5 ? Math.max(LEAST_PREFIX, code) : any);
  }
  return [...places];
}
