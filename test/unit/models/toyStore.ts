import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { UserError } from '../../../src/errors.ts';
import { ModelStore } from '../../../src/models/store.ts';

export const TOY_GRAPH = 'onnx/model_q8.onnx';

/** The files of a model that can be opened; the graph is noise, which nothing may run. */
export const toyModelFiles: Readonly<Record<string, string>> = {
  'config.json': JSON.stringify({ vocab_size: 300, max_position_embeddings: 256 }),
  'tokenizer.json': '{}',
  'tokenizer_config.json': '{}',
  [TOY_GRAPH]: 'noise '.repeat(1000),
};

/** Write files by their paths in a folder, which is made. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

/** An empty folder for a test, removed behind it, and a store in it that is not there yet. */
export async function toyStore(
  context: TestContext,
): Promise<{ readonly place: string; readonly store: ModelStore }> {
  const place = await mkdtemp(path.join(tmpdir(), 'slipstream-store-'));
  context.after(() => rm(place, { recursive: true, force: true }));
  return { place, store: new ModelStore(path.join(place, 'store')) };
}

/** Put a toy in a store. */
export function placeToy(
  store: ModelStore,
  name: string,
  files: Readonly<Record<string, string>> = toyModelFiles,
  more: Partial<Parameters<ModelStore['place']>[0]> = {},
) {
  return store.place({
    name,
    origin: { kind: 'folder', from: 'somewhere' },
    bytes: 10_000,
    fill: async (folder) => {
      await writeFiles(folder, files);
      return new Map();
    },
    ...more,
  });
}

/** For `assert.rejects`: a refusal in a sentence, that says what it is about. */
export const refusal =
  (reason: string, about = /./) =>
  (error: unknown) =>
    error instanceof UserError &&
    error.reason === reason &&
    /\.$/.test(error.message) &&
    about.test(error.message);
