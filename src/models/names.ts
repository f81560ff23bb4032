import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MODEL_NAME, storeFolder } from './places.ts';

/**
 * Names of the models in the store that may write, without looking into their weights; those that only draft are left out. None
 * where there is no store.
 */
export async function addedModels(store = storeFolder()): Promise<string[]> {
  const entries = await readdir(store, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && MODEL_NAME.test(entry.name));
  const names = folders.map(({ name }) => name);
  const roles = await Promise.all(names.map((name) => roleOf(path.join(store, name))));
  return names.filter((_, i) => roles[i] === 'target').sort();
}

/** What a model's card says it is for; a model without a card writes. */
async function roleOf(folder: string): Promise<string> {
  try {
    const card = JSON.parse(await readFile(path.join(folder, 'slipstream.json'), 'utf8')) as {
      role?: unknown;
    };
    return typeof card.role === 'string' ? card.role : 'target';
  } catch {
    return 'target';
  }
}
