import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** How many of each language, by VS Code's id; for pages by the code of the natural language. */
const counts = z.record(z.string(), z.int().positive());

const packageSchema = z.strictObject({
  source: z.enum(['npm', 'debian']),
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  /** Path in the package → name under `licences/`. */
  licenceFiles: z.record(z.string(), z.string()),
  /** Folder in the package → the folder that its files seem to lie in. */
  folders: z.record(z.string(), z.string()),
  /** Single files that `folders` would miss or call otherwise: path in the package → path to show. */
  documents: z.record(z.string(), z.string()).optional(),
  /** A regular expression: paths inside `folders` to leave out. */
  skip: z.string().optional(),
  /** The files are pages of a manual in several natural languages. */
  pages: z.boolean().optional(),
  take: counts.optional(),
  docs: counts.optional(),
  edits: counts.optional(),
});

const setSchema = z.strictObject({
  seed: z.string(),
  /** How ids begin. */
  idStart: z.string().default(''),
  perFile: z.int().positive(),
  /** Most characters before the cursor and after what was removed. */
  prefix: z.int().positive().default(6000),
  suffix: z.int().positive().default(2000),
  /** Write JSONL compressed. */
  gzip: z.boolean().default(false),
  /** Write class, and the natural language where there is one. */
  classes: z.boolean().default(true),
  smoke: z.strictObject({ file: z.string(), prompts: z.int() }).optional(),
  packages: z.array(packageSchema).min(1),
});

export type SourcePackage = z.infer<typeof packageSchema>;
export type PromptSet = z.infer<typeof setSchema>;

/** @throws ZodError when the file is no set, Error when it cannot be read. */
export function readSet(file: string): PromptSet {
  return setSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
