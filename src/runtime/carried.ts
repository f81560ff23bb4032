import type { InferenceSession } from 'onnxruntime-node';
import type { UserError } from '../errors.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { FloatType } from './tensors.ts';

/** A tensor that goes from pass to pass: what is fed, and what comes back to be fed next. */
export interface Carried {
  readonly past: string;
  readonly present: string;
  readonly type: FloatType;
  /** Its sides for one text; of keys and values the side of the tokens is 0. */
  readonly dims: readonly number[];
}

/** Keys and values of a layer, together or one of them. */
export interface KeyValues extends Carried {
  /** The side that grows by the tokens of each pass. */
  readonly axis: number;
}

type Metadata = InferenceSession.ValueMetadata;
type Side = number | string;

/**
 * What a graph carries from pass to pass, in whatever form: `past_key_values.0.key` of [batch, heads, tokens, size], `past_0` of
 * [2, batch, heads, tokens, size], and states beside them (`past_conv.0` of [batch, width, length]).
 * @param unsupported makes the failure of a detail. @returns them, and all other inputs.
 */
export function carriedBy(
  session: InferenceSession,
  config: ModelConfig,
  unsupported: (detail: string) => UserError,
): { layers: KeyValues[]; states: Carried[]; others: Metadata[] } {
  const layers: KeyValues[] = [];
  const states: Carried[] = [];
  const others: Metadata[] = [];
  for (const input of session.inputMetadata) {
    if (!input.name.startsWith('past_')) {
      others.push(input);
      continue;
    }
    const past = input.name;
    const present = presentOf(past, session.outputNames);
    if (present === undefined) throw unsupported(`its graph has no output ${presentNames(past)[0]}`);
    if (!input.isTensor || (input.type !== 'float32' && input.type !== 'float16')) {
      throw unsupported(
        `${past} is neither float32 nor float16 (of a hub model take the q4, q8 or fp32 file)`,
      );
    }
    const { type, shape } = input;
    if (isKeyValue(past))
      layers.push({ past, present, type, ...keyValueSides(past, shape, config, unsupported) });
    else states.push({ past, present, type, dims: stateSides(past, shape, config, unsupported) });
  }
  return { layers, states, others };
}

/** Names that the output may have which continues an input, the usual one first. */
function presentNames(past: string): string[] {
  return [
    past.replace(/^past_key_values/, 'present').replace(/^past/, 'present'),
    past.replace(/^past/, 'present'),
  ];
}

function presentOf(past: string, outputs: readonly string[]): string | undefined {
  return presentNames(past).find((name) => outputs.includes(name));
}

/** States have a name of their own: conv, ssm, recurrent. */
function isKeyValue(past: string): boolean {
  return /^past_(key|value|self|\d)/.test(past);
}

const TOKENS = /past|seq|len|total|tokens/i;
const SIZE = /size|dim/i;

/** The sides of keys and values. Those without a number are told apart by their names and places, and looked up in config.json. */
function keyValueSides(
  past: string,
  shape: readonly Side[],
  config: ModelConfig,
  unsupported: (detail: string) => UserError,
): { dims: number[]; axis: number } {
  const batch = shape.length === 5 ? 1 : 0;
  if (![3, 4, 5].includes(shape.length) || (batch === 1 && shape[0] !== 2)) {
    throw unsupported(`${past} has the sides ${shape.join(' x ')}, which is no form of keys and values`);
  }
  const open = [...shape.keys()].filter((at) => at > batch && typeof shape[at] === 'string');
  const named = open.filter((at) => TOKENS.test(String(shape[at])) && !SIZE.test(String(shape[at])));
  const usual = shape.length - 2;
  const axis = open.length === 1 ? open[0] : named.length === 1 ? named[0] : open.find((at) => at === usual);
  if (axis === undefined)
    throw unsupported(`its keys and values have a fixed length (${past}: ${shape.join(' x ')})`);
  const heads = config.num_key_value_heads ?? config.num_attention_heads;
  const dims = shape.map((side, at) => {
    if (at === axis) return 0;
    if (typeof side === 'number') return side;
    if (at === batch) return /head/i.test(side) ? heads : 1;
    return at === shape.length - 1 || SIZE.test(side) ? headSize(config) : heads;
  });
  if (dims.includes(undefined)) throw unsupported('neither graph nor config.json tell the size of a head');
  if (shape.length > 3 && dims[batch] !== 1) throw unsupported(`${past} is for ${dims[batch]} texts at once`);
  return { dims: dims as number[], axis };
}

function stateSides(
  past: string,
  shape: readonly Side[],
  config: ModelConfig,
  unsupported: (detail: string) => UserError,
): number[] {
  const isConvolution = past.startsWith('past_conv') && shape.length === 3;
  const told = isConvolution ? [1, config.hidden_size, config.conv_L_cache] : [1];
  return shape.map((side, at) => {
    const size = typeof side === 'number' ? side : told[at];
    if (size === undefined) {
      throw unsupported(`neither graph nor config.json tell the size «${side}» of its state ${past}`);
    }
    return size;
  });
}

function headSize({
  head_dim: size,
  hidden_size: width,
  num_attention_heads: heads,
}: ModelConfig): number | undefined {
  return size ?? (width && heads ? width / heads : undefined);
}
