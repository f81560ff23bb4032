import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../errors.ts';
import type { ModelConfig } from './modelFolder.ts';

/** What a graph takes and gives, read from the graph itself, never from the model's name. */
export interface GraphForm {
  /** Names of the past inputs, each with the present output that continues it. */
  readonly layers: readonly { readonly past: string; readonly present: string }[];
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** The output that holds the most likely token of each row, when the graph computes it. */
  readonly argmax: string | undefined;
  /** Logits of a row. */
  readonly vocabulary: number;
  /** Inputs other than past keys and values. */
  readonly inputs: ReadonlySet<string>;
}

const KNOWN_INPUTS = new Set([
  'input_ids',
  'attention_mask',
  'position_ids',
  'seqlens_k',
  'total_sequence_length',
  'num_logits_to_keep',
]);

/** @throws UserError `model-unsupported` when the graph is not that of a causal language model with a cache. */
export function readGraph(session: InferenceSession, config: ModelConfig, file: string): GraphForm {
  const unsupported = (detail: string) =>
    new UserError('model-unsupported', `${file} cannot be used: ${detail}. Choose a text-generation model.`);

  const layers = session.inputNames
    .filter((name) => name.startsWith('past_key_values.'))
    .map((past) => ({ past, present: past.replace('past_key_values.', 'present.') }));
  if (layers.length === 0) throw unsupported('its graph has no past_key_values inputs');
  if (!session.outputNames.includes('logits')) throw unsupported('its graph has no output named logits');
  const missing = layers.find((layer) => !session.outputNames.includes(layer.present));
  if (missing) throw unsupported(`its graph has no output ${missing.present}`);

  const inputs = new Set(session.inputNames.filter((name) => !name.startsWith('past_key_values.')));
  const unknown = [...inputs].find((name) => !KNOWN_INPUTS.has(name));
  if (unknown) throw unsupported(`its graph asks for an input «${unknown}» that is not known`);

  const first = session.inputMetadata.find((input) => input.name === layers[0]!.past);
  if (!first?.isTensor || first.type !== 'float32') {
    throw unsupported('its keys and values are not float32 (of a hub model take the q4, q8 or fp32 file)');
  }
  const heads = first.shape[1];
  const size = first.shape[3];
  const keyValueHeads =
    typeof heads === 'number' ? heads : (config.num_key_value_heads ?? config.num_attention_heads);
  const headSize =
    typeof size === 'number'
      ? size
      : (config.head_dim ??
        (config.hidden_size && config.num_attention_heads
          ? config.hidden_size / config.num_attention_heads
          : undefined));
  if (!keyValueHeads || !headSize) throw unsupported('neither graph nor config.json tell the size of a head');
  const argmax = session.outputNames.includes('argmax') ? 'argmax' : undefined;
  const logits = session.outputMetadata.find((output) => output.name === 'logits');
  const width = logits?.isTensor ? logits.shape.at(-1) : undefined;
  const vocabulary = typeof width === 'number' ? width : config.vocab_size;
  return { layers, keyValueHeads, headSize, argmax, vocabulary, inputs };
}
