import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, fileTrouble, UserError } from '../errors.ts';

/** Folders of a model in which files are looked for: links elsewhere are not followed. */
export const LOOKED_INTO = ['', 'onnx', 'weights', 'draft'];

/**
 * Refuse a model folder with links that lead out of it: a folder that somebody else made must not have other files read. The hub's
 * own cache keeps contents beside the snapshots that name them; links within one model of it are good.
 * @throws UserError `model-outside` that names the link, `model-unreadable`.
 */
export async function requireContained(folder: string): Promise<void> {
  for (const name of LOOKED_INTO) {
    const place = path.join(folder, name);
    const entries = await readdir(place, { withFileTypes: true }).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
      throw new UserError('model-unreadable', fileTrouble(error, place, 'read'), { cause: error });
    });
    for (const entry of entries) {
      if (entry.isSymbolicLink()) await requireInside(folder, path.join(place, entry.name));
    }
  }
}

/**
 * Refuse a name of a file that a model's graph gives for its weights.
 * @param graph file that names it. @throws UserError `model-outside`.
 */
export async function requireOwnWeights(folder: string, graph: string, location: string): Promise<void> {
  const parts = location.split(/[/\\]/);
  const named = path.posix.isAbsolute(location) || path.win32.isAbsolute(location) || parts.includes('..');
  if (named || location.includes('\0') || location === '') throw outside(graph, location);
  await requireInside(folder, path.join(path.dirname(graph), location));
}

async function requireInside(folder: string, file: string): Promise<void> {
  let real: string;
  try {
    real = await realpath(file);
  } catch {
    // What is not there is missed by who needs it.
    return;
  }
  const root = rootOf(await realpath(folder));
  if (!real.startsWith(root + path.sep)) throw outside(file, real);
}

/** The folder itself, or of a snapshot in the hub's cache the folder of its model. */
function rootOf(folder: string): string {
  const snapshots = path.dirname(folder);
  const model = path.dirname(snapshots);
  const cached = path.basename(snapshots) === 'snapshots' && path.basename(model).startsWith('models--');
  return cached ? model : folder;
}

function outside(file: string, target: string): UserError {
  return new UserError(
    'model-outside',
    `${file} leads out of its model folder, to ${target}. Copy the file itself into the folder, or take the model from a source that you trust.`,
  );
}
