import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, fileTrouble, UserError } from '../errors.ts';
import { MANIFEST, readManifest, type StoredFile, storedFiles } from './manifest.ts';

/** How a file looked when its content was found right: another size or time means that it may have changed. */
export interface Look {
  readonly bytes: number;
  /** Milliseconds since 1970: of the content, and of the file's entry, which no program can set back. */
  readonly modified: number;
  readonly changed: number;
  readonly sha256: string;
}

/** Remembers which files were found right, so that their content is read once and not at every start. */
export interface CheckedFiles {
  /** Whether the file, as it looks now, was found right before. @param file absolute */
  knows(file: string, look: Look): boolean;
  /** Files were found right. */
  remember(found: ReadonlyMap<string, Look>): Promise<void>;
}

/** A file that is not what its folder's manifest says. */
export interface Damage {
  /** Absolute path. */
  readonly file: string;
  readonly reason: 'model-incomplete' | 'model-unreadable' | 'model-damaged';
  /** A sentence that names the file and says what to do. */
  readonly message: string;
}

const REMEDY = 'Install the extension again, or copy the whole folder again.';
/** Bytes that are read at a time. */
const CHUNK = 1 << 20;

/** How files are checked. */
export interface Checking {
  /** Files that it knows are not read; without it all are. */
  readonly checked?: CheckedFiles | undefined;
  /** The files that matter; all without it. */
  readonly only?: ((name: string) => boolean) | undefined;
  /** File of the manifest in the folder, where it has a name of its own. */
  readonly manifest?: string;
}

/**
 * What is wrong with the files of a folder; nothing where all are as its manifest says, or it has none.
 * @throws UserError `model-broken` when the manifest itself cannot be used.
 */
export async function damagesOf(folder: string, options: Checking = {}): Promise<Damage[]> {
  const { checked, only = () => true } = options;
  const manifest = await readManifest(folder, options.manifest);
  if (!manifest) return [];
  const found = new Map<string, Look>();
  const damages: Damage[] = [];
  for (const stored of storedFiles(manifest)) {
    if (!only(stored.name)) continue;
    const file = path.join(folder, ...stored.name.split('/'));
    const listed = path.join(folder, options.manifest ?? MANIFEST);
    const damage = await damageOf({ file, listed, ...stored }, checked, found);
    if (damage) damages.push(damage);
  }
  if (found.size > 0) await checked?.remember(found);
  return damages;
}

/**
 * Check a folder before it is used.
 * @throws UserError `model-incomplete`, `model-unreadable` or `model-damaged`, naming the first part.
 */
export async function requireIntact(folder: string, options: Checking = {}): Promise<void> {
  const [first] = await damagesOf(folder, options);
  if (first) throw new UserError(first.reason, first.message);
}

async function damageOf(
  { file, listed, bytes, sha256 }: StoredFile & { readonly file: string; readonly listed: string },
  checked: CheckedFiles | undefined,
  found: Map<string, Look>,
): Promise<Damage | undefined> {
  const damaged = (why: string): Damage => ({
    file,
    reason: 'model-damaged',
    message: `${file} is damaged: ${why}. ${REMEDY} If the change is yours, delete ${listed}.`,
  });
  try {
    const info = await stat(file);
    if (!info.isFile()) return { file, reason: 'model-incomplete', message: `${file} is no file. ${REMEDY}` };
    if (info.size !== bytes) return damaged(`it has ${info.size} bytes instead of ${bytes}`);
    const look: Look = { bytes, modified: info.mtimeMs, changed: info.ctimeMs, sha256 };
    if (checked?.knows(file, look)) return undefined;
    if ((await sha256Of(file)) !== sha256)
      return damaged('its content is not the one it was made with (SHA-256)');
    found.set(file, look);
    return undefined;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      return { file, reason: 'model-unreadable', message: fileTrouble(error, file, 'read') };
    }
    return { file, reason: 'model-incomplete', message: `${file} is missing. ${REMEDY}` };
  }
}

/** SHA-256 of a file's content as hexadecimal digits; some hundred megabytes a tenth of a second. */
async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
