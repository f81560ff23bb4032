// This folder: the models that the user has added: where they lie, how they come there whole, and how they leave.

import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { fileTrouble, messageOf, UserError } from '../errors.ts';
import { LOOKED_INTO } from '../runtime/contained.ts';
import { type Damage, damagesOf } from '../runtime/integrity.ts';
import { MANIFEST, type Manifest, readManifest, storedFiles } from '../runtime/manifest.ts';
import { openModelFolder } from '../runtime/modelFolder.ts';
import { readJson } from '../runtime/readJson.ts';
import { type Digests, manifestOf } from './hashes.ts';
import { exclusively } from './lock.ts';
import { MODEL_NAME, tunedPlaces } from './places.ts';

/** Says where a model came from. */
const ORIGIN = 'origin.json';
const originSchema = z.object({
  kind: z.enum(['hub', 'gguf', 'folder']),
  /** Repository with the revision, or the name of a file or folder. */
  from: z.string(),
  /** When it was added, ISO 8601. */
  added: z.string(),
});
type Origin = z.infer<typeof originSchema>;

/** Names that mean bundled models. */
const TAKEN = ['auto', 'base', 'tiny', 'lock'];
/** Room that must be left on the disk beside a model, in bytes. */
const SPARE = 64 * 2 ** 20;
/** Folder of what is not whole yet. */
const WORK = '.work';

/** A model of the store. */
export interface AddedModel {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  readonly origin: Origin | undefined;
  readonly role: string;
  readonly description: string;
  /** Why it cannot be used, if that can be seen without reading its weights. */
  readonly problem: string | undefined;
}

/** How a model is placed. */
export interface Placing {
  readonly name: string;
  readonly origin: Omit<Origin, 'added'>;
  /** Bytes that it will need at most. */
  readonly bytes: number;
  /** Whether it is to draft for others. */
  readonly draft?: boolean;
  readonly signal?: AbortSignal;
  /** Looks whether what is in the folder can be used, by running it say; rejects where it cannot. */
  readonly examine?: ((folder: string) => Promise<void>) | undefined;
  /** Fill a folder. What it leaves there when it fails is there the next time. @returns digests that it knows. */
  readonly fill: (folder: string) => Promise<ReadonlyMap<string, Digests>>;
}

/** The models in a folder. */
export class ModelStore {
  constructor(readonly folder: string) {}

  /** All models, by name. */
  async list(): Promise<AddedModel[]> {
    if (!existsSync(this.folder)) return [];
    const entries = await readdir(this.folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory() && MODEL_NAME.test(entry.name));
    return Promise.all(names.map(({ name }) => this.model(name)));
  }

  /** @throws UserError `unknown-model`. */
  async find(name: string): Promise<AddedModel> {
    const all = await this.list();
    const found = all.find((model) => model.name === name);
    if (found) return found;
    const known = all.map((model) => model.name).join(', ') || 'none yet';
    throw new UserError('unknown-model', `There is no added model «${name}». There are: ${known}.`);
  }

  /**
   * Add a model: it is filled beside the others, examined, and put in place in one step, so that nothing half-written is ever
   * found. One at a time over all processes.
   * @throws UserError `store-busy`, `model-exists`, `model-name`, `disk-full`, and what filling and examining throw.
   */
  async place({ name, origin, bytes, draft, signal, examine, fill }: Placing): Promise<AddedModel> {
    this.requireFree(name);
    return exclusively(this.folder, async () => {
      this.requireFree(name);
      const work = path.join(this.folder, WORK, name);
      await mkdir(work, { recursive: true });
      await requireSpace(work, bytes);
      const digests = await fill(work);
      signal?.throwIfAborted();
      await openModelFolder(work);
      await examine?.(work);
      const card = path.join(work, 'slipstream.json');
      if (draft) await writeFile(card, `${JSON.stringify({ role: 'draft' })}\n`);
      const added = new Date().toISOString();
      await writeFile(path.join(work, ORIGIN), `${JSON.stringify({ ...origin, added }, null, 1)}\n`);
      const parted = await readManifest(work);
      await rm(path.join(work, MANIFEST), { force: true });
      const manifest = withParts(await manifestOf(work, draft ? new Map() : digests, signal), parted);
      await writeFile(path.join(work, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
      await rename(work, path.join(this.folder, name));
      return this.model(name);
    });
  }

  /** What is wrong with a model's files, all of them read. @throws UserError `unknown-model`, `model-broken`. */
  async verify(name: string): Promise<Damage[]> {
    return damagesOf((await this.find(name)).folder);
  }

  /** Take a model away, and what is left of one that was not finished. @throws UserError `unknown-model`, `store-busy`. */
  async remove(name: string): Promise<void> {
    const work = path.join(this.folder, WORK, name);
    // Of a name that is a path, what lies there is none of ours.
    const unfinished = MODEL_NAME.test(name) && existsSync(work);
    if (!unfinished || existsSync(path.join(this.folder, name))) await this.find(name);
    await exclusively(this.folder, async () => {
      // Out of sight first: what is half removed must not be found.
      const going = path.join(this.folder, WORK, `.going-${process.pid}`);
      if (existsSync(path.join(this.folder, name))) {
        await mkdir(path.dirname(going), { recursive: true });
        await rename(path.join(this.folder, name), going);
      }
      await rm(going, { recursive: true, force: true });
      await rm(work, { recursive: true, force: true });
      const { policy, log } = tunedPlaces(name, this.folder);
      for (const file of [policy, `${log}.part`]) await rm(file, { force: true });
    });
  }

  private async model(name: string): Promise<AddedModel> {
    const folder = path.join(this.folder, name);
    const facts = { name, folder, bytes: 0, origin: undefined, role: 'target', description: '' };
    try {
      const manifest = await readManifest(folder);
      const bytes = manifest ? storedFiles(manifest).reduce((sum, file) => sum + file.bytes, 0) : 0;
      const file = path.join(folder, ORIGIN);
      const origin = existsSync(file) ? await readJson(file, originSchema) : undefined;
      const { card } = await openModelFolder(folder);
      const { role = 'target', description = '' } = card ?? {};
      return { ...facts, bytes, origin, role, description, problem: undefined };
    } catch (error) {
      return { ...facts, problem: messageOf(error) };
    }
  }

  private requireFree(name: string): void {
    if (!MODEL_NAME.test(name) || TAKEN.includes(name.toLowerCase())) {
      throw new UserError(
        'model-name',
        `«${name}» cannot be a model's name. Take letters, digits, dots and dashes, and none of ${TAKEN.join(', ')}.`,
      );
    }
    if (!existsSync(path.join(this.folder, name))) return;
    throw new UserError(
      'model-exists',
      `There is a model «${name}» already. Remove it first («slipstream models remove ${name}»), or give another name.`,
    );
  }
}

/** A manifest in which the files that lie in parts are told as they were: nothing else says how they belong together. */
function withParts({ files, ...rest }: Manifest, before: Manifest | undefined): Manifest {
  const all = { ...files };
  for (const [name, stored] of Object.entries(before?.files ?? {})) {
    if (!stored.parts?.every((part) => part.path in files)) continue;
    for (const part of stored.parts) delete all[part.path];
    all[name] = { ...stored, parts: stored.parts.map(({ path: part }) => ({ path: part, ...files[part]! })) };
  }
  return { ...rest, files: all };
}

/** @throws UserError `disk-full` where a disk has less room than is needed. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + SPARE) return;
  throw new UserError(
    'disk-full',
    `The model needs ${megabytes(bytes)} MB and ${folder} has ${megabytes(free)} MB left. Make room, or name another ` +
      'folder in SLIPSTREAM_MODELS.',
  );
}

/** The failure for a disk that is full, or a folder that cannot be written to. */
export function writingTrouble(error: unknown, file: string): UserError {
  return new UserError('store-unwritable', fileTrouble(error, file, 'written'), { cause: error });
}

export function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

/**
 * Copy a folder's files; those of links where they may be: the hub's cache has nothing else, and links would lead out of the copy.
 * @throws UserError `store-unwritable`.
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  const wanted = async (name: string) => {
    const inside = path.relative(from, name);
    if (path.basename(inside).startsWith('.git')) return false;
    return (
      LOOKED_INTO.includes(path.dirname(inside).replace(/^\.$/, '')) || !(await lstat(name)).isSymbolicLink()
    );
  };
  try {
    await cp(from, to, { recursive: true, dereference: true, filter: wanted });
  } catch (error) {
    throw writingTrouble(error, to);
  }
}
