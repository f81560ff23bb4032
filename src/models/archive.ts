import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { causeOf, fileTrouble, UserError } from '../errors.ts';
import { damagesOf } from '../runtime/integrity.ts';
import { MANIFEST, readManifest, storedFiles } from '../runtime/manifest.ts';
import type { AddedModel, ModelStore, Placing } from './store.ts';
import { writingTrouble } from './store.ts';

/** An archive is a tar file of the folder, its manifest first; weights do not pack, so it is not compressed. */
export const ARCHIVE = /\.tar$/i;

/**
 * Write a model of the store to one file, for a machine without a network.
 * @throws UserError `model-damaged`, `model-incomplete`, `store-unwritable`.
 */
export async function exportModel(model: AddedModel, file: string): Promise<void> {
  const [damage] = await damagesOf(model.folder);
  if (damage) throw new UserError(damage.reason, damage.message);
  const manifest = await readManifest(model.folder);
  if (!manifest) {
    const message = `${path.join(model.folder, MANIFEST)} is missing, which an archive needs. Add the model again.`;
    throw new UserError('model-incomplete', message);
  }
  const names = [MANIFEST, ...storedFiles(manifest).map(({ name }) => name)];
  const part = `${file}.part`;
  try {
    const tar = await import('tar');
    await tar.create({ file: part, cwd: model.folder, portable: true, noDirRecurse: true }, names);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw writingTrouble(error, file);
  }
}

/** Add what {@link exportModel} wrote. @throws UserError `archive-broken`, and as {@link ModelStore.place}. */
export async function importModel(
  store: ModelStore,
  file: string,
  name: string,
  options: Pick<Placing, 'bytes' | 'draft' | 'examine'> & { readonly signal: AbortSignal },
): Promise<AddedModel> {
  const broken = (detail: string, cause?: unknown) =>
    new UserError(
      'archive-broken',
      `${file} cannot be used: ${detail}. Copy it again, or write it again with «slipstream models export».`,
      { cause },
    );
  return store.place({
    name,
    origin: { kind: 'folder', from: path.basename(file) },
    ...options,
    fill: async (folder) => {
      // What an earlier attempt left may be of another archive.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await unpack(file, folder, broken);
      const manifest = await readManifest(folder).catch((error: unknown) => {
        throw broken('its manifest is broken', error);
      });
      if (!manifest) throw broken('it has no manifest in it');
      const [damage] = await damagesOf(folder);
      if (damage) throw broken(`${path.relative(folder, damage.file)} in it is damaged or missing`);
      return new Map();
    },
  });
}

async function unpack(
  file: string,
  folder: string,
  broken: (detail: string, cause?: unknown) => UserError,
): Promise<void> {
  const tar = await import('tar');
  // Opened before anything is unpacked, so that a file that is not there is told from one that is broken.
  const source = await open(file).catch((error: unknown) => {
    throw new UserError('archive-unreadable', fileTrouble(error, file, 'read'), { cause: error });
  });
  // Links could lead out of the folder, and nothing of ours has any.
  const plain = (_: string, entry: object) =>
    'type' in entry && ['File', 'Directory'].includes(String(entry.type));
  const out = tar.extract({ cwd: folder, strict: true, preserveOwner: false, filter: plain });
  try {
    await pipeline(source.createReadStream(), out);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'read')
      throw new UserError('archive-unreadable', fileTrouble(error, file, 'read'), { cause: error });
    throw broken(causeOf(error), error);
  } finally {
    await source.close().catch(() => undefined);
  }
}
