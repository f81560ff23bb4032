import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../errors.ts';
import { type Carried, carriedBy, type KeyValues } from './carried.ts';
import { MOST_TOKENS, type ModelConfig } from './modelConfig.ts';
import type { FloatType } from './tensors.ts';

/** What a graph takes and gives, read from the graph itself, never from the model's name. */
export interface GraphForm {
  /** Keys and values. */
  readonly layers: readonly KeyValues[];
  /** What else goes from pass to pass, as large whatever the text: of convolutions, say. */
  readonly states: readonly Carried[];
  /** The output that holds the most likely token of each row, when the graph computes it. */
  readonly argmax: string | undefined;
  /** Logits of a row, and their type. */
  readonly vocabulary: number;
  readonly logitsType: FloatType;
  /** Inner tensors that come back with every pass, and the numbers in a row of each. */
  readonly taps: readonly string[];
  readonly tapWidth: number;
  /** Inputs other than what is carried. */
  readonly inputs: ReadonlyMap<string, InputForm>;
}

/** What an input is given in. */
export interface InputForm {
  readonly type: 'int32' | 'int64' | 'float32' | 'bool';
  /** Number of its sides: 0 for one number alone. */
  readonly rank: number;
}

/** Heads, their size, layers and widths of known models are a hundredth of it; memory is taken by them. */
const MOST_WIDTH = 1_000_000;

/** Inputs that are known, with the types that they may have and their sides. */
const KNOWN_INPUTS: Readonly<Record<string, { types: readonly string[]; ranks: readonly number[] }>> = {
  input_ids: { types: ['int64', 'int32'], ranks: [2] },
  attention_mask: { types: ['int64', 'int32', 'float32'], ranks: [2] },
  position_ids: { types: ['int64', 'int32'], ranks: [2] },
  seqlens_k: { types: ['int32'], ranks: [1, 2] },
  total_sequence_length: { types: ['int32'], ranks: [0, 1] },
  num_logits_to_keep: { types: ['int64', 'int32'], ranks: [0, 1] },
  use_cache_branch: { types: ['bool'], ranks: [1] },
};

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

  const { layers, states, others } = carriedBy(session, config, unsupported);
  if (layers.length === 0) throw unsupported('its graph has no past_key_values inputs');
  const logits = session.outputMetadata.find((output) => output.name === 'logits');
  if (!logits) throw unsupported('its graph has no output named logits');
  const inputs = new Map(others.map((input) => [input.name, inputForm(input, unsupported)]));
  if (!inputs.has('input_ids')) throw unsupported('its graph has no input named input_ids');

  const sides = [...layers, ...states].flatMap(({ dims }) => dims);
  const largest = Math.max(layers.length, config.hidden_size ?? 0, ...sides);
  if (!(largest <= MOST_WIDTH)) throw unsupported(`a size of ${largest} in it makes no sense`);
  if (!logits.isTensor || (logits.type !== 'float32' && logits.type !== 'float16')) {
    throw unsupported('its logits are not float32 or float16');
  }
  const argmax = session.outputNames.includes('argmax') ? 'argmax' : undefined;
  const width = logits.shape.at(-1);
  const vocabulary = typeof width === 'number' ? width : config.vocab_size;
  const tapWidth = config.hidden_size ?? 0;
  if (vocabulary > MOST_TOKENS) throw unsupported(`${vocabulary} tokens make no sense`);
  const taps = tapWidth > 0 && tapped.every((name) => session.outputNames.includes(name)) ? tapped : [];
  return { layers, states, argmax, vocabulary, logitsType: logits.type, inputs, taps, tapWidth };
}

function inputForm(
  input: InferenceSession.ValueMetadata,
  unsupported: (detail: string) => UserError,
): InputForm {
  const known = Object.hasOwn(KNOWN_INPUTS, input.name) ? KNOWN_INPUTS[input.name] : undefined;
  if (!known) throw unsupported(`its graph asks for an input «${input.name}» that is not known`);
  const type = input.isTensor ? input.type : 'sequence';
  const rank = input.isTensor ? input.shape.length : 0;
  if (!known.types.includes(type) || !known.ranks.includes(rank)) {
    throw unsupported(`its input ${input.name} is ${type} with ${rank} sides, which nobody can fill`);
  }
  return { type: type as InputForm['type'], rank };
}
