import { existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { readJson } from './readJson.ts';

/** Name of the file that says what a folder of weights or data holds. */
export const MANIFEST = 'manifest.json';

/** A name inside the folder, `/` between its parts: a manifest must not lead anywhere else. */
const inside = z
  .string()
  .regex(/^[^/\\:]+(\/[^/\\:]+)*$/, 'a path inside the folder')
  .refine(
    (name) => name.split('/').every((part) => part !== '.' && part !== '..'),
    'a path inside the folder',
  );
const stored = z.object({
  bytes: z.int().min(0),
  /** Of the content, as hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const manifestSchema = z.object({
  format: z.literal('slipstream-manifest'),
  version: z.literal(1),
  /**
   * By path. A file with parts is none on the disk: it is what its parts hold one after the other, each a file of its own
   * name in the folder.
   */
  files: z.record(
    inside,
    stored.extend({
      parts: z
        .array(stored.extend({ path: inside }))
        .min(1)
        .optional(),
    }),
  ),
});
/** What `manifest.json` of a folder says: size and SHA-256 of each file. Folders of the hub have none. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * The manifest of a folder; undefined where it has none.
 * @param name of its file in the folder. @throws UserError `model-broken`.
 */
export async function readManifest(folder: string, name = MANIFEST): Promise<Manifest | undefined> {
  const file = path.join(folder, name);
  return existsSync(file) ? await readJson(file, manifestSchema) : undefined;
}

/** A file as it lies on the disk, and what should be in it. */
export interface StoredFile {
  /** Path in the folder, `/` between its parts. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of a manifest as they lie on the disk: a part of a file instead of the file. */
export function storedFiles({ files }: Manifest): StoredFile[] {
  return Object.entries(files).flatMap(([name, { bytes, sha256, parts }]) =>
    parts ? parts.map(({ path: part, ...rest }) => ({ name: part, ...rest })) : [{ name, bytes, sha256 }],
  );
}

/**
 * Where a file of a folder lies: its parts in their order, or the file alone.
 * @param manifest of the folder. @param name path in the folder, `/` between its parts.
 */
export function placesOf(folder: string, manifest: Manifest | undefined, name: string): string[] {
  const parts = manifest?.files[name]?.parts;
  return (parts?.map((part) => part.path) ?? [name]).map((place) => path.join(folder, ...place.split('/')));
}
