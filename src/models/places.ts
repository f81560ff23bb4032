import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Folder of the models that the user has added. It follows the customs of the system; `SLIPSTREAM_MODELS` names another. */
export function storeFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const home = os.homedir();
  if (env.SLIPSTREAM_MODELS) return path.resolve(env.SLIPSTREAM_MODELS);
  if (platform === 'win32')
    return path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'slipstream', 'models');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'slipstream', 'models');
  // The XDG Base Directory Specification wants relative paths to be ignored.
  const chosen = env.XDG_DATA_HOME;
  const data = chosen && path.isAbsolute(chosen) ? chosen : path.join(home, '.local', 'share');
  return path.join(data, 'slipstream', 'models');
}

/** Names that models may have: they are folders on every system, and no paths. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The folder of a model that settings or options name: a path that is there, else a model of the store. */
export function modelPlace(model: string, store = storeFolder()): string {
  const here = path.resolve(model);
  const added = path.join(store, model);
  return !existsSync(here) && MODEL_NAME.test(model) && existsSync(added) ? added : here;
}

/** Folder of the store with what was tuned; no model can have its name. A model's own folder may be read-only, or another's. */
export function tunedFolder(store = storeFolder()): string {
  return path.join(store, '.tuned');
}

/**
 * What tuning keeps of a model: the policy of its own, and what is recorded so far while it goes on.
 * @param name of a bundled model or one of the store; another's is given by who asks.
 */
export function tunedPlaces(
  name: string,
  store = storeFolder(),
): { readonly policy: string; readonly log: string } {
  const place = path.join(tunedFolder(store), name);
  return { policy: `${place}.json`, log: `${place}.log` };
}
