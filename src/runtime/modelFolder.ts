import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { codeOf, fileTrouble, UserError } from '../errors.ts';
import { requireContained } from './contained.ts';
import { type Manifest, placesOf, readManifest } from './manifest.ts';
import { configSchema, type ModelConfig } from './modelConfig.ts';
import { readJson } from './readJson.ts';

/** Graph files by preference: what a CPU runs fastest at good quality comes first. */
const GRAPH_FILES = [
  'model_q8.onnx',
  'model_quantized.onnx',
  'model_int8.onnx',
  'model_uint8.onnx',
  'model_q4.onnx',
  'model_bnb4.onnx',
  'model.onnx',
  'model_q4f16.onnx',
  'model_fp16.onnx',
  // Of older exporters: a graph for the beginning of a text and one for what goes on, in one file.
  'decoder_model_merged_quantized.onnx',
  'decoder_model_merged_int8.onnx',
  'decoder_model_merged.onnx',
  'decoder_model_merged_fp16.onnx',
];

/** Bare 8-bit weights of a small draft, which no graph is needed for. */
const SMALL_WEIGHTS = path.join('weights', 'draft_q8.safetensors');

/** How a model wants to be prompted for completion. */
const promptLayout = z.object({
  /**
   * `prefix`: the text before the cursor alone.
   * `prefix-suffix-middle`: fill-in-the-middle as Qwen2.5-Coder has it, a mark in front of each part.
   * `suffix-prefix-middle`: the suffix between two marks, then the prefix; what is generated follows the
   * prefix without a mark, so that typing only appends.
   */
  order: z.enum(['prefix', 'prefix-suffix-middle', 'suffix-prefix-middle']),
  /** Put in front, `{path}` replaced; may hold special tokens by name. */
  header: z.string(),
  /** Most tokens of a prompt, where reading a full context takes longer than anybody waits; without it what the context has room for. */
  tokens: z.number().int().min(64).optional(),
  /** Whether it was trained with snippets of other files in front, each behind a header of its own. */
  neighbours: z.boolean().optional(),
});
export type PromptLayout = z.infer<typeof promptLayout>;

/** `slipstream.json`: what the hub's files do not say. Hub models have none. */
const cardSchema = z.object({
  /** `ngram`: a folder with a table in place of a model (`ngramFile.ts`). */
  role: z.enum(['target', 'draft', 'ngram']),
  description: z.string().default(''),
  /** What it leaves out is read from the vocabulary (`prompts/families.ts`). */
  prompt: promptLayout.partial().optional(),
  tasks: z.array(z.string()).default(['complete']),
  /** For drafts: language ids it was trained for. */
  languages: z.array(z.string()).default([]),
});
export type ModelCard = z.infer<typeof cardSchema>;

/** A model folder whose parts were found and read; the weights are not loaded. */
export interface ModelFolder {
  readonly path: string;
  /** The folder's name. */
  readonly name: string;
  /** The file with the graph, or with the bare weights of a small draft. Where it is kept in parts, it is their name. */
  readonly graph: string;
  /** Where the graph lies: the file itself, or its parts in their order. */
  readonly graphPlaces: readonly string[];
  readonly tokenizer: string;
  readonly tokenizerConfig: string;
  readonly config: ModelConfig;
  readonly card: ModelCard | undefined;
  /** A draft that reads what this model computes, where the folder has one. */
  readonly state: StateFiles | undefined;
}

/** `draft/state.json`: a draft that lives in its target's folder, since it reads the target's own numbers. */
const stateSchema = z.object({
  /** Names of the graph's tensors that it reads, in their order, each [batch, sequence, hidden_size]. */
  taps: z.array(z.string()).min(1),
  description: z.string().default(''),
});

/** Files of a {@link ModelFolder.state}. */
export interface StateFiles extends z.infer<typeof stateSchema> {
  /** Its weights, as `training/state/write.py` writes them. */
  readonly weights: string;
}

/**
 * Read a folder laid out as on the Hugging Face hub.
 * @throws UserError `model-missing`, `model-incomplete`, `model-unreadable`, `model-broken` or `model-outside`, naming the part.
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const full = path.resolve(folder);
  if (!(await kindOf(full))?.isDirectory()) {
    throw new UserError('model-missing', `There is no model folder ${full}. Name a folder that exists.`);
  }
  await requireContained(full);
  const part = async (name: string) => {
    const file = path.join(full, name);
    if (!(await kindOf(file))) {
      throw new UserError(
        'model-incomplete',
        `The model folder ${full} has no ${name}. Copy the whole model, laid out as on the Hugging Face hub: ` +
          'config.json, tokenizer.json, tokenizer_config.json and onnx/model*.onnx.',
      );
    }
    return file;
  };
  const config = await readJson(await part('config.json'), configSchema);
  const tokenizer = await part('tokenizer.json');
  const tokenizerConfig = await part('tokenizer_config.json');
  const manifest = await readManifest(full);
  const graph = (await findGraph(full, manifest)) ?? (await part(path.join('onnx', 'model*.onnx')));
  const graphPlaces = placesOf(full, manifest, path.relative(full, graph).replaceAll('\\', '/'));
  const card = await openCard(full);
  const name = path.basename(full);
  const state = await openState(full);
  return { path: full, name, graph, graphPlaces, tokenizer, tokenizerConfig, config, card, state };
}

/**
 * The graphs among the files of a folder, given by their paths with `/`, those first that are preferred; none of a model whose
 * decoder continues what an encoder read.
 */
export function graphFilesIn(names: readonly string[]): string[] {
  if (names.some((name) => name.startsWith('onnx/encoder_model'))) return [];
  return GRAPH_FILES.map((file) => `onnx/${file}`).filter((name) => names.includes(name));
}

async function findGraph(folder: string, manifest: Manifest | undefined): Promise<string | undefined> {
  const names = [SMALL_WEIGHTS, ...GRAPH_FILES.map((file) => path.join('onnx', file))];
  for (const name of names) {
    const file = path.join(folder, name);
    if ((await kindOf(file)) || manifest?.files[name.replaceAll('\\', '/')]?.parts) return file;
  }
  return undefined;
}

/** What stands at a path; undefined for nothing. @throws UserError `model-unreadable` where one may not look. */
async function kindOf(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw new UserError('model-unreadable', fileTrouble(error, file, 'read'), { cause: error });
  }
}

async function openState(folder: string): Promise<StateFiles | undefined> {
  const file = path.join(folder, 'draft', 'state.json');
  if (!(await kindOf(file))) return undefined;
  return {
    ...(await readJson(file, stateSchema)),
    weights: path.join(folder, 'draft', 'state_q8.safetensors'),
  };
}

/** The card of a folder, if it has one. @throws UserError `model-broken`. */
export async function openCard(folder: string): Promise<ModelCard | undefined> {
  const file = path.join(folder, 'slipstream.json');
  return (await kindOf(file)) ? await readJson(file, cardSchema) : undefined;
}
