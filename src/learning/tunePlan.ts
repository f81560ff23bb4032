import { createHash } from 'node:crypto';
import type { BenchPrompt } from '../measure/prompts.ts';
import { seededRandom } from '../measure/statistics.ts';
import { shuffle } from '../selection/shuffle.ts';
import { promptsIn } from './cutPrompts.ts';
import { readWorkspace, type WorkspaceFile } from './workspace.ts';

/** Most requests that are recorded: more bring little where a policy goes on from one that is trained. */
const MOST_REQUESTS = 300;
/** Files that are read of one folder, at most. */
const MOST_FILES = 2000;
/** Cursors in a file: as many as it takes to come to all requests, within these. */
const CURSORS = { least: 2, most: 40 };
/** One in so many requests is held out, to compare on. */
const HELD_OUT = 4;
/** From so many files on whole files are held out. */
const ENOUGH_FILES = 8;

/** What a model is tuned on. */
export interface TunePlan {
  readonly files: readonly WorkspaceFile[];
  /** Requests in an order by chance, the same one each time, so that any part of them is a fair one. */
  readonly prompts: readonly BenchPrompt[];
  /** Whether a request is left out of training, to compare on. */
  heldOut(id: string): boolean;
}

/**
 * Read the files of folders and cut requests from them. Files of several folders are named by their folder too.
 * @param excluded patterns of files that are not read, as in .gitignore. @throws UserError `no-folder`.
 */
export async function planOf(folders: readonly string[], excluded: readonly string[]): Promise<TunePlan> {
  const files: WorkspaceFile[] = [];
  for (const [i, folder] of folders.entries()) {
    const own = await readWorkspace(folder, excluded, MOST_FILES);
    files.push(...(i === 0 ? own : own.map((file) => ({ ...file, path: `${i + 1}/${file.path}` }))));
  }
  const wanted = Math.ceil(MOST_REQUESTS / Math.max(1, files.length));
  const prompts = promptsIn(files, Math.min(CURSORS.most, Math.max(CURSORS.least, wanted)));
  shuffle(prompts, seededRandom(1));
  const places = new Map(prompts.map(({ id, path }) => [id, files.length >= ENOUGH_FILES ? path : id]));
  return {
    files,
    prompts: prompts.slice(0, MOST_REQUESTS),
    // By name and not by number, so that what an earlier run recorded stays on its side.
    heldOut: (id) =>
      createHash('sha256')
        .update(places.get(id) ?? id)
        .digest()[0]! %
        HELD_OUT ===
      0,
  };
}
