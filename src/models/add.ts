import { existsSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { convertGguf, inspectGguf } from '../gguf/convert.ts';
import { requireIntact } from '../runtime/integrity.ts';
import { openModelFolder } from '../runtime/modelFolder.ts';
import { ARCHIVE, importModel } from './archive.ts';
import type { Fetch, Transfer } from './download.ts';
import { namesIn } from './hashes.ts';
import { chooseFiles, type HubChoice, hubPlace, loadFiles } from './hub.ts';
import { type AddedModel, copyFolder, type ModelStore } from './store.ts';

/** How far adding is: bytes of a part of the work. */
export type OnProgress = (part: 'loading' | 'converting' | 'copying', done: number, total: number) => void;

export interface AddOptions {
  /** Name in the store; made of the source's without it. */
  readonly name?: string | undefined;
  /** For a repository: which of its graphs or GGUF files, by a part of its name. */
  readonly file?: string | undefined;
  /** Whether it is to draft for other models. */
  readonly draft?: boolean;
  /** Most positions of a converted model. */
  readonly context?: number | undefined;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly env?: NodeJS.ProcessEnv;
  /** Looks whether a model can be used before it is put in place. */
  readonly examine?: (folder: string) => Promise<void>;
  /** For tests: shorter waits. */
  readonly transfer?: Pick<Transfer, 'patience' | 'pause'>;
}

/** What a source is. */
export type Source =
  | { readonly kind: 'gguf' | 'folder' | 'archive'; readonly path: string }
  | { readonly kind: 'hub'; readonly text: string };

/** Tell what a text names: a file or folder that is there, else a repository. @throws UserError `unknown-source`. */
export function sourceOf(text: string, env?: NodeJS.ProcessEnv): Source {
  const file = path.resolve(text);
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) return { kind: 'folder', path: file };
    return { kind: ARCHIVE.test(file) ? 'archive' : 'gguf', path: file };
  }
  if (!/\.(gguf|tar)$/i.test(text) && hubPlace(text, env)) return { kind: 'hub', text };
  throw new UserError(
    'unknown-source',
    `There is no file or folder ${file}, and «${text}» names no model of the hub. Name a GGUF file, a model folder, an ` +
      'exported archive, or a repository as OWNER/NAME.',
  );
}

/** Add a model from wherever it is. @throws UserError with the reason; the signal's reason once it is aborted. */
export async function addModel(store: ModelStore, text: string, options: AddOptions): Promise<AddedModel> {
  const source = sourceOf(text, options.env);
  const name = options.name ?? nameOf(source);
  switch (source.kind) {
    case 'gguf':
      return addGguf(store, source.path, name, options);
    case 'folder':
      return addFolder(store, source.path, name, options);
    case 'archive': {
      const { size } = await stat(source.path);
      const { signal, draft, examine } = options;
      const drafting = draft === undefined ? {} : { draft };
      return importModel(store, source.path, name, { signal, bytes: size, examine, ...drafting });
    }
    case 'hub':
      return addFromHub(store, await lookUp(source.text, options), name, options);
  }
}

/** What a repository has to load. @throws UserError. */
function lookUp(text: string, { env, file, ...options }: AddOptions): Promise<HubChoice> {
  const place = hubPlace(text, env);
  if (!place) throw new UserError('unknown-source', `«${text}» names no model of the hub. Write OWNER/NAME.`);
  return chooseFiles(place, file, transferOf(options));
}

function transferOf({
  fetch,
  signal,
  transfer,
}: Pick<AddOptions, 'fetch' | 'signal' | 'transfer'>): Transfer {
  return { fetch, signal, ...transfer };
}

/** A name for what is added, of the signs that names may have. */
function nameOf(source: Source): string {
  const last = source.kind === 'hub' ? source.text.replace(/@.*$/, '') : source.path;
  const base = path.basename(last).replace(/\.(gguf|tar)$/i, '');
  return base.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'model';
}

async function addGguf(
  store: ModelStore,
  file: string,
  name: string,
  options: AddOptions,
): Promise<AddedModel> {
  const { draft, signal, examine } = options;
  const { bytes } = await inspectGguf(file);
  return store.place({
    name,
    origin: { kind: 'gguf', from: path.basename(file) },
    bytes,
    ...(draft === undefined ? {} : { draft }),
    signal,
    examine,
    fill: async (folder) => {
      await keepOnly(folder, []);
      await convert(file, folder, options);
      return new Map();
    },
  });
}

async function convert(
  file: string,
  folder: string,
  { context, signal, onProgress }: AddOptions,
): Promise<void> {
  await convertGguf(file, folder, {
    ...(context === undefined ? {} : { context }),
    signal,
    onProgress: (done, total) => onProgress?.('converting', done, total),
  });
}

async function addFolder(
  store: ModelStore,
  from: string,
  name: string,
  { draft, signal, examine, onProgress }: AddOptions,
): Promise<AddedModel> {
  await openModelFolder(from);
  await requireIntact(from);
  const bytes = await bytesIn(from);
  return store.place({
    name,
    origin: { kind: 'folder', from: path.basename(from) },
    bytes,
    ...(draft === undefined ? {} : { draft }),
    signal,
    examine,
    fill: async (folder) => {
      await keepOnly(folder, []);
      await copyFolder(from, folder);
      onProgress?.('copying', bytes, bytes);
      return new Map();
    },
  });
}

/** Bytes of a folder's files, and of those that its links name. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const infos = files.map((file) => stat(path.join(file.parentPath, file.name)).catch(() => undefined));
  return (await Promise.all(infos)).reduce((sum, info) => sum + (info?.isFile() ? info.size : 0), 0);
}

/** Remove what an earlier attempt left of other files: it may be preferred to those that are wanted now. */
async function keepOnly(folder: string, wanted: readonly string[]): Promise<void> {
  const kept = new Set(wanted.flatMap((name) => [name, `${name}.part`]));
  for (const name of await namesIn(folder))
    if (!kept.has(name)) await rm(path.join(folder, name), { force: true });
}

async function addFromHub(
  store: ModelStore,
  choice: HubChoice,
  name: string,
  options: AddOptions,
): Promise<AddedModel> {
  const { draft, signal, examine, onProgress } = options;
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.('loading', Math.min(done, choice.bytes), choice.bytes);
  };
  const { repository } = choice.place;
  return store.place({
    name,
    origin: { kind: 'hub', from: `${repository}@${choice.commit}` },
    bytes: choice.kind === 'gguf' ? choice.bytes * 3 : choice.bytes,
    ...(draft === undefined ? {} : { draft }),
    signal,
    examine,
    fill: async (folder) => {
      await keepOnly(
        folder,
        choice.files.map((each) => each.path),
      );
      const digests = await loadFiles(choice, folder, { ...transferOf(options), onBytes });
      if (choice.kind === 'onnx') return digests;
      const file = choice.files.find((each) => each.path.endsWith('.gguf'))!.path;
      await convert(path.join(folder, file), folder, options);
      await rm(path.join(folder, file));
      return new Map();
    },
  });
}
