import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { causeOf } from '../errors.ts';
import type { CheckedFiles, Look } from '../runtime/integrity.ts';
import { writeWhole } from './wholeFile.ts';

export type { CheckedFiles };

const looks = z.record(
  z.string(),
  z.object({ bytes: z.number(), modified: z.number(), changed: z.number(), sha256: z.string() }),
);
const checkedFile = z.object({ version: z.literal(1), files: looks });

/** Files beyond these, of models that were tried once, are forgotten, the oldest first. */
const MOST = 500;

/**
 * Which files were checked, kept in `checked.json` of a folder. It never fails: what cannot be read is checked again, and
 * what cannot be written is checked again next time.
 */
export async function openCheckedFiles(folder: string, log: (line: string) => void): Promise<CheckedFiles> {
  const file = path.join(folder, 'checked.json');
  const read = async () => new Map(Object.entries(await filesIn(file)));
  const known = await read();
  return {
    knows(name, look) {
      const before = known.get(name);
      return (
        before !== undefined &&
        before.bytes === look.bytes &&
        before.modified === look.modified &&
        before.changed === look.changed &&
        before.sha256 === look.sha256
      );
    },
    async remember(found) {
      for (const [name, look] of found) known.set(name, look);
      try {
        // Read again: another window may have written meanwhile.
        const all = new Map<string, Look>(await read());
        for (const [name, look] of found) {
          all.delete(name);
          all.set(name, look);
        }
        const files = Object.fromEntries([...all].slice(-MOST));
        await writeWhole(file, JSON.stringify({ version: 1, files }));
      } catch (error) {
        log(`Which files were checked could not be kept in ${file} (${causeOf(error)}).`);
      }
    },
  };
}

async function filesIn(file: string): Promise<z.infer<typeof looks>> {
  try {
    return checkedFile.parse(JSON.parse(await readFile(file, 'utf8'))).files;
  } catch {
    return {};
  }
}
