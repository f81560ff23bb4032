import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { UserError } from '../errors.ts';
import { graphFilesIn } from '../runtime/modelFolder.ts';
import { download, fetchJson, type Transfer } from './download.ts';
import { type Digests, digestsOf, isExpected } from './hashes.ts';

const ENDPOINT = 'https://huggingface.co';
/** Small files of a model, and those that say what one may do with it. */
const TEXTS = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'generation_config.json',
];
const LICENCE = /^(LICEN[CS]E|NOTICE)[^/]*$/i;

/** A repository of the hub. */
export interface HubPlace {
  readonly endpoint: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly revision: string;
  readonly token: string | undefined;
}

const treeEntry = z.looseObject({
  type: z.string(),
  path: z.string(),
  size: z.number().int().min(0),
  oid: z.string(),
  lfs: z.looseObject({ oid: z.string(), size: z.number().int().min(0) }).optional(),
});

/** A file of a repository. */
interface HubFile {
  readonly path: string;
  readonly bytes: number;
  readonly expected: { readonly kind: 'sha256' | 'git'; readonly digest: string };
}

/** What is to be loaded of a repository. */
export interface HubChoice {
  readonly place: HubPlace;
  /** Revision by its hash, so that all files are of one state. */
  readonly commit: string;
  readonly kind: 'onnx' | 'gguf';
  readonly files: readonly HubFile[];
  readonly bytes: number;
}

/**
 * The repository that a text names: `owner/name`, with `@revision`, or the address of its page.
 * @param env `HF_ENDPOINT` names a mirror, `HF_TOKEN` a token for gated models.
 */
export function hubPlace(text: string, env: NodeJS.ProcessEnv = process.env): HubPlace | undefined {
  const endpoint = (env.HF_ENDPOINT || ENDPOINT).replace(/\/+$/, '');
  const bare = text.replace(/^https?:\/\/[^/]+\//, '').replace(/\/(tree|resolve|blob)\//, '@');
  const match = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+?))?\/?$/.exec(bare);
  if (!match || /^[./~]/.test(text)) return undefined;
  return { endpoint, repository: match[1]!, revision: match[2] ?? 'main', token: env.HF_TOKEN || undefined };
}

/**
 * Look what a repository has, and choose the files of one model.
 * @param wanted a graph or GGUF file, by its path or a part of its name; the one that suits a CPU best without it.
 * @throws UserError `model-incomplete` with what is there, or as {@link fetchJson}.
 */
export async function chooseFiles(
  place: HubPlace,
  wanted: string | undefined,
  transfer: Transfer,
): Promise<HubChoice> {
  const api = `${place.endpoint}/api/models/${place.repository}`;
  const about = await fetchJson(
    `${api}/revision/${encodeURIComponent(place.revision)}`,
    headersOf(place),
    transfer,
  );
  const { sha: commit } = parsed(z.looseObject({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) }), about, api);
  const tree = parsed(
    z.array(treeEntry),
    await fetchJson(`${api}/tree/${commit}?recursive=true`, headersOf(place), transfer),
    api,
  );
  const files = tree.filter((entry) => entry.type === 'file' && isInside(entry.path)).map(hubFile);
  const names = files.map((file) => file.path);
  const texts = names.filter((name) => TEXTS.includes(name) || LICENCE.test(name));
  const { kind, weights } = weightsOf(place, names, wanted);
  const chosen = new Set([
    ...(kind === 'gguf' ? texts.filter((name) => LICENCE.test(name)) : texts),
    ...weights,
  ]);
  const list = files.filter((file) => chosen.has(file.path));
  return { place, commit, kind, files: list, bytes: list.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** GGUF files by preference: what keeps most at a size that a laptop takes. */
const GGUF_KINDS = [/q8_0/i, /q6_k/i, /q5_k_m/i, /q4_k_m/i, /q4_0/i, /f16|bf16/i, /./];

function weightsOf(
  { repository }: HubPlace,
  names: readonly string[],
  wanted: string | undefined,
): { readonly kind: HubChoice['kind']; readonly weights: readonly string[] } {
  const fits = (name: string) => wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase());
  const graph = graphFilesIn(names).find(fits);
  if (graph !== undefined) {
    const beside = names.filter(
      (name) => name.startsWith(graph) && /^[._]data/.test(name.slice(graph.length)),
    );
    return { kind: 'onnx', weights: [graph, ...beside] };
  }
  const ggufs = names.filter((name) => name.endsWith('.gguf') && fits(name));
  const gguf = GGUF_KINDS.map((kind) => ggufs.find((name) => kind.test(name))).find(Boolean);
  if (gguf !== undefined) return { kind: 'gguf', weights: [gguf] };
  const there = names
    .filter((name) => /\.(onnx|gguf)$/.test(name))
    .slice(0, 12)
    .join(', ');
  throw new UserError(
    'model-incomplete',
    `${repository} has no ${wanted === undefined ? 'onnx/model*.onnx or *.gguf' : `model file «${wanted}»`}. ` +
      (there ? `It has ${there}.` : 'Look for a repository with ONNX or GGUF in its name.'),
  );
}

/**
 * Load the files of a choice into a folder, whose earlier content is used where it is right.
 * @returns digests of all. @throws as {@link download}.
 */
export async function loadFiles(
  { place, commit, files }: HubChoice,
  folder: string,
  transfer: Transfer,
): Promise<Map<string, Digests>> {
  const digests = new Map<string, Digests>();
  for (const file of files) {
    const target = path.join(folder, ...file.path.split('/'));
    await mkdir(path.dirname(target), { recursive: true });
    const before = await digestsOf(target, transfer.signal).catch(() => undefined);
    if (before && isExpected(before, file.expected)) {
      transfer.onBytes?.(before.bytes);
      digests.set(file.path, before);
      continue;
    }
    const url = `${place.endpoint}/${place.repository}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
    digests.set(file.path, await download({ url, headers: headersOf(place), ...file }, target, transfer));
  }
  return digests;
}

/** Whether a path leads to no other place than one below the folder. */
function isInside(name: string): boolean {
  return (
    /^[^/\\:]+(\/[^/\\:]+)*$/.test(name) && name.split('/').every((part) => part !== '..' && part !== '.')
  );
}

function hubFile({ path: name, size, oid, lfs }: z.infer<typeof treeEntry>): HubFile {
  if (!lfs) return { path: name, bytes: size, expected: { kind: 'git', digest: oid } };
  return {
    path: name,
    bytes: lfs.size,
    expected: { kind: 'sha256', digest: lfs.oid.replace(/^sha256:/, '') },
  };
}

function headersOf({ token }: HubPlace): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, url: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UserError(
    'captive-page',
    `${url} does not answer as a model hub does. Check HF_ENDPOINT, and whether the network wants a sign-in first.`,
  );
}
