import os from 'node:os';
import path from 'node:path';
import { openCheckedFiles } from '../inference/checkedFiles.ts';
import { type CostCache, openCostCache } from '../inference/costCache.ts';
import type { CheckedFiles } from '../runtime/integrity.ts';

/** Folder for what can be made again: measured times. It follows the customs of the system. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const home = os.homedir();
  if (platform === 'win32')
    return path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'slipstream');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'slipstream');
  // The XDG Base Directory Specification wants relative paths to be ignored.
  const chosen = env.XDG_CACHE_HOME;
  return path.join(chosen && path.isAbsolute(chosen) ? chosen : path.join(home, '.cache'), 'slipstream');
}

/** Files that an earlier run found right. */
export function checkedFiles(): Promise<CheckedFiles> {
  return openCheckedFiles(cacheFolder(), () => undefined);
}

/** Times that were measured by an earlier run. @param folder where they are kept; that of the command line without it. */
export async function keptCosts(folder = cacheFolder()): Promise<CostCache> {
  return openCostCache(folder, () => undefined, await checkedFiles());
}

/** Times that are measured now and kept for later runs. @param folder as of {@link keptCosts}. */
export async function freshCosts(folder?: string): Promise<CostCache> {
  const kept = await keptCosts(folder);
  return {
    ...kept,
    async passTimes(graph, threads, measure) {
      const times = await measure();
      await kept.renew(graph, threads, times);
      return times;
    },
    draftTimes: (_graph, _threads, measure) => measure(),
  };
}
