import { existsSync, readdirSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileTrouble, messageOf } from '../../errors.ts';
import { MODEL_WORDS } from '../../inference/openTarget.ts';
import { modelPlace } from '../../models/places.ts';
import { libraryDamages, programDamages } from '../../runtime/installation.ts';
import { damagesOf } from '../../runtime/integrity.ts';
import { MANIFEST } from '../../runtime/manifest.ts';
import { probeRuntime } from './probe.ts';

/** A part of the installation, and what is wrong with it. */
export interface Part {
  readonly name: string;
  /** Sentences that say what is wrong and what to do; none where it is well. */
  readonly problems: readonly string[];
}

/** Name of the part without which no model can be loaded. */
export const NATIVE_LIBRARY = 'native library';
/** The programs that belong together. */
const PROGRAMS = ['extension.js', 'worker.js', 'cli.js'];
/** Folders of bundled models without which completion goes on, if not as well, and the one without which it does not. */
const MODELS = ['target', 'policy', 'memory', 'ngram'];
const AGAIN = 'Install the extension again.';

export interface Places {
  /** Folder of the built programs. */
  readonly programs: string;
  /** Folder that holds the bundled models. */
  readonly models: string;
  /** `auto`, `base`, `tiny`, or the folder of a model. */
  readonly model: string;
}

/** Look at every part of the installation, the content of all files that have a manifest included. Never throws. */
export async function partsOf({ programs, models, model }: Places): Promise<Part[]> {
  const folders = new Set([...MODELS, ...namesIn(models)]);
  return [
    await part('programs', async () => [...missing(programs, PROGRAMS), ...(await programDamages())]),
    await part(NATIVE_LIBRARY, async () => {
      const damaged = await libraryDamages();
      return damaged.length > 0 ? damaged : await probeRuntime();
    }),
    ...(await Promise.all(
      [...folders].map((name) =>
        part(`models/${name}`, async () => {
          const folder = path.join(models, name);
          return existsSync(folder) ? damages(folder) : [`${folder} is missing. ${AGAIN}`];
        }),
      ),
    )),
    ...(isWord(model) ? [] : [await part('model', () => damages(modelPlace(model)))]),
  ];
}

/** Whether a model is one of the bundled ones. */
export function isWord(model: string): boolean {
  return (MODEL_WORDS as readonly string[]).includes(model);
}

async function part(name: string, look: () => Promise<string[]>): Promise<Part> {
  try {
    return { name, problems: [...new Set(await look())] };
  } catch (error) {
    return { name, problems: [messageOf(error)] };
  }
}

/** Names of the folders at any depth that have a manifest. */
function namesIn(folder: string, name = ''): string[] {
  const full = path.join(folder, name);
  if (!existsSync(full)) return [];
  const below = readdirSync(full, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.flatMap((entry) => {
    const inner = path.posix.join(name, entry.name);
    return existsSync(path.join(folder, inner, MANIFEST)) ? [inner] : namesIn(folder, inner);
  });
}

function missing(folder: string, files: readonly string[]): string[] {
  return files
    .map((file) => path.join(folder, file))
    .filter((file) => !existsSync(file))
    .map((file) => `${file} is missing. ${AGAIN}`);
}

async function damages(folder: string): Promise<string[]> {
  return (await damagesOf(folder)).map(({ message }) => message);
}

/** Whether nothing can be kept in a folder: the sentence that says so. */
export async function unwritable(folder: string): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return [];
  } catch (error) {
    return [`${fileTrouble(error, folder, 'written')} Until then passes are measured at every start.`];
  }
}
