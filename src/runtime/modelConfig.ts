import * as z from 'zod';

/** Tokens of a vocabulary; a file that has more wants memory for nothing. */
export const MOST_TOKENS = 4_000_000;

const size = z.number().int().positive();

/** How positions beyond those of the training are reached. */
const scaling = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  original_max_position_embeddings: size.optional(),
});

const fields = z.object({
  model_type: z.string().optional(),
  vocab_size: size.max(MOST_TOKENS),
  max_position_embeddings: size.max(1e9),
  original_max_position_embeddings: size.nullish(),
  hidden_size: size.optional(),
  num_attention_heads: size.optional(),
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  /** Length of the state of convolutions. */
  conv_L_cache: size.optional(),
  /** Tokens that a layer looks back at most; of which layers, and whether at all. */
  sliding_window: size.nullish(),
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
  rope_scaling: scaling.nullish(),
  eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
});

/** What older families call the same. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  max_position_embeddings: ['n_positions', 'n_ctx', 'max_seq_len', 'max_sequence_length', 'seq_length'],
  hidden_size: ['n_embd', 'd_model'],
  num_attention_heads: ['n_head', 'n_heads'],
};

/** The parts of `config.json` that the runtime needs; the names are the hub's. */
export const configSchema = z.preprocess(inOneWay, fields);
export type ModelConfig = z.infer<typeof fields>;

/** The usual names for what has another, and what models of several kinds of input say of their text. */
function inOneWay(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const config = isRecord(value.text_config) ? { ...value.text_config, ...value } : { ...value };
  for (const [name, others] of Object.entries(OTHER_NAMES)) {
    config[name] ??= others.map((other) => config[other]).find((known) => known !== undefined);
    if (config[name] === undefined) delete config[name];
  }
  return config;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
