import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { messageOf, UserError } from '../errors.ts';

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
];

/** Bare 8-bit weights of a small draft, which no graph is needed for. */
const SMALL_WEIGHTS = path.join('weights', 'draft_q8.safetensors');

/** The parts of `config.json` that the runtime needs; the names are the hub's. */
const configSchema = z.object({
  model_type: z.string().optional(),
  vocab_size: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  hidden_size: z.number().int().positive().optional(),
  num_attention_heads: z.number().int().positive().optional(),
  num_key_value_heads: z.number().int().positive().optional(),
  head_dim: z.number().int().positive().nullish(),
  eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
});
export type ModelConfig = z.infer<typeof configSchema>;

/** How a model wants to be prompted for completion. */
export const promptLayout = z.object({
  /**
   * `prefix`: the text before the cursor alone.
   * `prefix-suffix-middle`: fill-in-the-middle as Qwen2.5-Coder has it, a mark in front of each part.
   * `suffix-prefix-middle`: the suffix between two marks, then the prefix; what is generated follows the
   * prefix without a mark, so that typing only appends.
   */
  order: z.enum(['prefix', 'prefix-suffix-middle', 'suffix-prefix-middle']),
  /** Put in front, `{path}` replaced; may hold special tokens by name. */
  header: z.string().default(''),
  /** Whether it was trained with snippets of other files in front, each behind a header of its own. */
  neighbours: z.boolean().optional(),
});
export type PromptLayout = z.infer<typeof promptLayout>;

/** `slipstream.json`: what the hub's files do not say. Hub models have none. */
const cardSchema = z.object({
  /** `ngram`: a folder with a table in place of a model (`ngramFile.ts`). */
  role: z.enum(['target', 'draft', 'ngram']),
  description: z.string().default(''),
  prompt: promptLayout.optional(),
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
  /** The file with the graph, or with the bare weights of a small draft. */
  readonly graph: string;
  readonly tokenizer: string;
  readonly tokenizerConfig: string;
  readonly config: ModelConfig;
  readonly card: ModelCard | undefined;
}

/**
 * Read a folder laid out as on the Hugging Face hub.
 * @throws UserError `model-missing`, `model-incomplete` or `model-broken`, naming the part.
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const full = path.resolve(folder);
  if (!existsSync(full) || !statSync(full).isDirectory()) {
    throw new UserError('model-missing', `There is no model folder ${full}. Name a folder that exists.`);
  }
  const part = (name: string) => {
    const file = path.join(full, name);
    if (!existsSync(file)) {
      throw new UserError(
        'model-incomplete',
        `The model folder ${full} has no ${name}. Copy the whole model, laid out as on the Hugging Face hub: ` +
          'config.json, tokenizer.json, tokenizer_config.json and onnx/model*.onnx.',
      );
    }
    return file;
  };
  const config = await readJson(part('config.json'), configSchema);
  const tokenizer = part('tokenizer.json');
  const tokenizerConfig = part('tokenizer_config.json');
  const name = GRAPH_FILES.find((file) => existsSync(path.join(full, 'onnx', file)));
  const weights = path.join(full, SMALL_WEIGHTS);
  const graph = existsSync(weights) ? weights : part(path.join('onnx', name ?? 'model*.onnx'));
  const card = await openCard(full);
  return { path: full, name: path.basename(full), graph, tokenizer, tokenizerConfig, config, card };
}

/** The card of a folder, if it has one. @throws UserError `model-broken`. */
export async function openCard(folder: string): Promise<ModelCard | undefined> {
  const file = path.join(folder, 'slipstream.json');
  return existsSync(file) ? await readJson(file, cardSchema) : undefined;
}

/** Read and check a JSON file. @throws UserError `model-broken` that names the file and the field. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw broken(file, messageOf(error), error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw broken(file, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, result.error);
}

function broken(file: string, detail: string, cause: unknown): UserError {
  return new UserError(
    'model-broken',
    `${file} cannot be used (${detail}). Correct it, or copy the model again.`,
    {
      cause,
    },
  );
}
