import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../errors.ts';
import { MOST_TOKENS, type ModelConfig } from './modelFolder.ts';

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
  /** Inner tensors that come back with every pass, and the numbers in a row of each. */
  readonly taps: readonly string[];
  readonly tapWidth: number;
  /** Inputs other than past keys and values. */
  readonly inputs: ReadonlySet<string>;
}

/** Heads, their size, layers and widths of known models are a hundredth of it; memory is taken by them. */
const MOST_WIDTH = 1_000_000;

const KNOWN_INPUTS = new Set([
  'input_ids',
  'attention_mask',
  'position_ids',
  'seqlens_k',
  'total_sequence_length',
  'num_logits_to_keep',
]);

/**
 * @param tapped inner tensors that the graph was asked to give; one that it does not give is left out with all others.
 * @throws UserError `model-unsupported` when the graph is not that of a causal language model with a cache.
 */
export function readGraph(
  session: InferenceSession,
  config: ModelConfig,
  file: string,
  tapped: readonly string[] = [],
): GraphForm {
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
  const keyValueHeads = numberOr(first.shape[1], config.num_key_value_heads ?? config.num_attention_heads);
  const headSize = numberOr(first.shape[3], config.head_dim ?? shareOfHead(config));
  if (!keyValueHeads || !headSize) throw unsupported('neither graph nor config.json tell the size of a head');
  const largest = Math.max(keyValueHeads, headSize, layers.length, config.hidden_size ?? 0);
  if (!(largest <= MOST_WIDTH)) throw unsupported(`a size of ${largest} in it makes no sense`);
  const argmax = session.outputNames.includes('argmax') ? 'argmax' : undefined;
  const logits = session.outputMetadata.find((output) => output.name === 'logits');
  const width = logits?.isTensor ? logits.shape.at(-1) : undefined;
  const vocabulary = numberOr(width, config.vocab_size);
  const tapWidth = config.hidden_size ?? 0;
  if (vocabulary > MOST_TOKENS) throw unsupported(`${vocabulary} tokens make no sense`);
  const taps = tapWidth > 0 && tapped.every((name) => session.outputNames.includes(name)) ? tapped : [];
  return { layers, keyValueHeads, headSize, argmax, vocabulary, inputs, taps, tapWidth };
}

/** A dimension that the graph names by a word is looked up in config.json. */
function numberOr<T extends number | undefined>(dimension: number | string | undefined, told: T): number | T {
  return typeof dimension === 'number' ? dimension : told;
}

function shareOfHead({ hidden_size: width, num_attention_heads: heads }: ModelConfig): number | undefined {
  return width && heads ? width / heads : undefined;
}
