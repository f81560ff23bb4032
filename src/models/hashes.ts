import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from '../runtime/manifest.ts';

/** What a file should hold, as its source says: SHA-256 of large files, or git's own hash of small ones. */
export type Expected =
  | { readonly kind: 'sha256'; readonly digest: string }
  | { readonly kind: 'git'; readonly digest: string };

/** Digests of a file's content. */
export interface Digests {
  readonly bytes: number;
  readonly sha256: string;
  /** As git names a blob: SHA-1 of `blob`, its size, a zero and the content. */
  readonly git: string;
}

/** Read a file through. @param signal ends it with its reason. */
export async function digestsOf(file: string, signal?: AbortSignal): Promise<Digests> {
  const { size } = await stat(file);
  const sha256 = createHash('sha256');
  const git = createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    sha256.update(chunk as Buffer);
    git.update(chunk as Buffer);
  }
  return { bytes: size, sha256: sha256.digest('hex'), git: git.digest('hex') };
}

/** Whether content is what was expected. */
export function isExpected(digests: Digests, expected: Expected): boolean {
  return digests[expected.kind] === expected.digest;
}

/** The manifest of a folder's files as they are now. @param known digests that were found already, by name. */
export async function manifestOf(
  folder: string,
  known: ReadonlyMap<string, Digests> = new Map(),
  signal?: AbortSignal,
): Promise<Manifest> {
  const files: Manifest['files'] = {};
  for (const name of await namesIn(folder)) {
    const { bytes, sha256 } = known.get(name) ?? (await digestsOf(path.join(folder, name), signal));
    files[name] = { bytes, sha256 };
  }
  return { format: 'slipstream-manifest', version: 1, files };
}

/** Paths of the files in a folder, `/` between their parts. */
export async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
