import { type ExternalPlace, GraphBuilder, MICROSOFT } from '../../src/graphs/graphBuilder.ts';
import { ELEMENT, type Element } from '../../src/graphs/onnxFile.ts';
import { Random } from './random.ts';

/** Small decoders with random weights, in the forms in which exporters write graphs. */

export interface FormOptions {
  /** Type of all numbers with a fraction. */
  readonly float?: 'float' | 'float16';
  /** Type of the inputs that hold tokens and places. */
  readonly integer?: 'int64' | 'int32';
  readonly mask?: 'int64' | 'int32' | 'float' | 'none';
  /** Whether places are an input, or counted by the graph itself. */
  readonly positions?: 'given' | 'counted';
  /**
   * How keys and values are carried: `apart` as two tensors a layer, `stacked` as one of [2, batch, heads, past, size], `beside` as
   * one of [batch, past, 2 size] for all heads.
   */
  readonly carry?: 'apart' | 'stacked' | 'beside';
  /** `grouped` is the operator that may write into one buffer. */
  readonly attention?: 'plain' | 'grouped';
  /** Bits of the weights' codes, where they are coded. */
  readonly bits?: 8 | 4;
  /** Whether there is a layer of convolution with a state. */
  readonly convolution?: boolean;
  /** Whether rows of logits can be left out. */
  readonly keep?: boolean;
  /** Tokens that attention looks back at most. */
  readonly window?: number;
  /** Whether weights lie in a file beside the graph. */
  readonly external?: boolean;
}

const TOY_FORM = {
  width: 64,
  heads: 4,
  size: 16,
  inner: 96,
  layers: 2,
  context: 160,
  state: 3,
} as const;
const BLOCK = 32;

/** The graph's bytes, and those of the file beside it, `model.onnx_data`. */
export function toyForm(
  seed: number,
  vocabulary: number,
  options: FormOptions,
): { graph: Uint8Array; data: Buffer } {
  return new ToyForm(seed, vocabulary, options).build();
}

/** `config.json` of a toy. */
export function toyConfig(vocabulary: number, { carry }: FormOptions = {}): Record<string, unknown> {
  const { width, heads, size, layers, context } = TOY_FORM;
  return {
    model_type: 'llama',
    vocab_size: vocabulary,
    hidden_size: width,
    num_attention_heads: heads,
    num_key_value_heads: carry === 'beside' ? 1 : heads,
    head_dim: size,
    num_hidden_layers: layers,
    max_position_embeddings: context,
    eos_token_id: 0,
  };
}

class ToyForm {
  private readonly graph = new GraphBuilder();
  private readonly random: Random;
  private readonly data: Buffer[] = [];
  private readonly float: 'float' | 'float16';
  private written = 0;

  constructor(
    seed: number,
    private readonly vocabulary: number,
    private readonly options: FormOptions,
  ) {
    this.random = new Random(seed);
    this.float = options.float ?? 'float';
  }

  build(): { graph: Uint8Array; data: Buffer } {
    const { graph, options } = this;
    const { width, layers, context } = TOY_FORM;
    const { integer = 'int64', mask = 'int64', positions = 'given', attention, convolution, keep } = options;
    graph.input('input_ids', integer, ['batch', 'rows']);
    if (mask !== 'none') graph.input('attention_mask', mask, ['batch', 'total']);
    if (positions === 'given' && attention !== 'grouped')
      graph.input('position_ids', integer, ['batch', 'rows']);
    if (keep) graph.input('num_logits_to_keep', 'int64', []);
    for (let layer = 0; layer < layers; layer++) this.carried(layer);
    this.places(mask, positions);
    const embedding = this.matrix('embedding', [this.vocabulary, width], 1);
    let stream = graph.node('Gather', [embedding, 'input_ids']);
    if (attention !== 'grouped') {
      stream = graph.node('Add', [
        stream,
        graph.node('Gather', [this.matrix('places', [context, width], 1), 'place']),
      ]);
    }
    for (let layer = 0; layer < layers; layer++) {
      stream = graph.node('Add', [stream, this.attention(layer, this.norm(stream))]);
      if (convolution && layer === 0)
        stream = graph.node('Add', [stream, this.convolution(this.norm(stream))]);
      const up = this.linear(`up_${layer}`, this.norm(stream), width, TOY_FORM.inner);
      const open = graph.node('Mul', [up, graph.node('Sigmoid', [up])]);
      stream = graph.node('Add', [stream, this.linear(`down_${layer}`, open, TOY_FORM.inner, width)]);
    }
    let rows = this.norm(stream);
    if (keep) {
      const start = graph.node('Reshape', [graph.node('Neg', ['num_logits_to_keep']), graph.integers([1])]);
      const end = graph.weight('end', 'int64', [1], BigInt64Array.of(2n ** 63n - 1n));
      rows = graph.node('Slice', [rows, start, end, graph.integers([1])]);
    }
    graph.node('Identity', [this.linear('head', rows, width, this.vocabulary)], {}, 'logits');
    graph.output('logits', this.float, ['batch', 'kept', this.vocabulary]);
    return { graph: graph.finish('toy'), data: Buffer.concat(this.data) };
  }

  /** Inputs and outputs of what a layer carries. */
  private carried(layer: number): void {
    const { graph, options, float } = this;
    const { width, heads, size, state } = TOY_FORM;
    const both = (past: string, present: string, dims: (length: string) => (number | string)[]) => {
      graph.input(past, float, dims('past'));
      graph.output(present, float, dims('all'));
    };
    if (options.carry === 'stacked') {
      both(`past_${layer}`, `present_${layer}`, (length) => [2, 'batch', heads, length, size]);
    } else if (options.carry === 'beside') {
      const name = (tense: string) => `${tense}.${layer}.key_value`;
      both(name('past_key_values'), name('present'), (length) => ['batch', length, 2 * size]);
    } else {
      for (const kind of ['key', 'value']) {
        const name = (tense: string) => `${tense}.${layer}.${kind}`;
        both(name('past_key_values'), name('present'), (length) => ['batch', heads, length, size]);
      }
    }
    if (options.convolution && layer === 0)
      both('past_conv.0', 'present_conv.0', () => ['batch', width, state]);
  }

  /** The places of the pass's rows, `place` of [1, rows], and of all tokens, `columns` of [total]. */
  private places(mask: string, positions: string): void {
    const { graph } = this;
    const side = (name: string, axis: number) =>
      graph.node('Gather', [graph.node('Shape', [name]), graph.integers([axis], [])]);
    const rows = side('input_ids', 1);
    const carried = this.options.carry;
    const past =
      carried === 'stacked'
        ? side('past_0', 3)
        : carried === 'beside'
          ? side('past_key_values.0.key_value', 1)
          : side('past_key_values.0.key', 2);
    const total = mask === 'none' ? graph.node('Add', [past, rows]) : side('attention_mask', 1);
    const [zero, one] = [graph.integers([0], []), graph.integers([1], [])];
    graph.node('Range', [zero, total, one], {}, 'columns');
    const counted = graph.node('Range', [graph.node('Sub', [total, rows]), total, one]);
    const given = positions === 'given' && this.options.attention !== 'grouped';
    const own = given
      ? graph.node('Cast', ['position_ids'], INT64)
      : graph.node('Unsqueeze', [counted, graph.integers([0])]);
    graph.node('Identity', [own], {}, 'place');
    const int32 = { attributes: { to: ELEMENT.int32 } };
    graph.node('Cast', [graph.node('Sub', [total, graph.integers([1])])], int32, 'last');
    graph.node('Cast', [total], int32, 'total_length');
  }

  private attention(layer: number, rows: string): string {
    const { heads, size, width } = TOY_FORM;
    const mixed = this.options.attention === 'grouped' ? this.grouped(layer, rows) : this.plain(layer, rows);
    return this.linear(`out_${layer}`, mixed, heads * size, width);
  }

  private grouped(layer: number, rows: string): string {
    const { graph } = this;
    const { heads, size, width, context } = TOY_FORM;
    const parts = ['q', 'k', 'v'].map((part) => this.linear(`${part}_${layer}`, rows, width, heads * size));
    const angles = (turn: (angle: number) => number) =>
      Float32Array.from({ length: (context * size) / 2 }, (_, i) =>
        turn(Math.floor(i / (size / 2)) * 100 ** ((-2 * (i % (size / 2))) / size)),
      );
    const table = (name: string, turn: (angle: number) => number) =>
      this.weight(name, [context, size / 2], angles(turn));
    graph.nodeOf(
      'GroupQueryAttention',
      [
        ...parts,
        `past_key_values.${layer}.key`,
        `past_key_values.${layer}.value`,
        'last',
        'total_length',
        table('cosines', Math.cos),
        table('sines', Math.sin),
      ],
      [`mixed_${layer}`, `present.${layer}.key`, `present.${layer}.value`],
      {
        domain: MICROSOFT,
        attributes: {
          num_heads: heads,
          kv_num_heads: heads,
          do_rotary: 1,
          local_window_size: this.options.window ?? -1,
        },
      },
    );
    return `mixed_${layer}`;
  }

  /** Attention of single operators, past and new put together. */
  private plain(layer: number, rows: string): string {
    const { graph, options } = this;
    const { heads, size, width } = TOY_FORM;
    const turned = (name: string) => {
      const apart = graph.node('Reshape', [name, graph.integers([0, 0, heads, size])]);
      return graph.node('Transpose', [apart], { attributes: { perm: [0, 2, 1, 3] } });
    };
    const query = turned(this.linear(`q_${layer}`, rows, width, heads * size));
    const [keys, values] =
      options.carry === 'beside'
        ? this.keysBeside(layer, rows)
        : this.keysApart(
            layer,
            ...((['k', 'v'] as const).map((part) =>
              turned(this.linear(`${part}_${layer}`, rows, width, heads * size)),
            ) as [string, string]),
          );
    const across = graph.node('Transpose', [keys], { attributes: { perm: [0, 1, 3, 2] } });
    const scores = graph.node('Mul', [graph.node('MatMul', [query, across]), this.scalar(size ** -0.5)]);
    const row = graph.node('Unsqueeze', ['place', graph.integers([1, 3])]);
    let seen = graph.node('LessOrEqual', ['columns', row]);
    if (options.window !== undefined) {
      const first = graph.node('Sub', [row, graph.integers([options.window])]);
      seen = graph.node('And', [seen, graph.node('Greater', ['columns', first])]);
    }
    if (options.mask === 'float') {
      seen = graph.node('And', [
        seen,
        graph.node('Cast', ['attention_mask'], { attributes: { to: ELEMENT.bool } }),
      ]);
    }
    const hidden = graph.node('Where', [seen, scores, this.scalar(-10_000)]);
    const weights = graph.node('Softmax', [hidden], { attributes: { axis: -1 } });
    const back = graph.node('Transpose', [graph.node('MatMul', [weights, values])], {
      attributes: { perm: [0, 2, 1, 3] },
    });
    return graph.node('Reshape', [back, graph.integers([0, 0, heads * size])]);
  }

  private keysApart(layer: number, key: string, value: string): [string, string] {
    const { graph } = this;
    if (this.options.carry !== 'stacked') {
      const all = (kind: string, added: string) =>
        graph.node(
          'Concat',
          [`past_key_values.${layer}.${kind}`, added],
          { attributes: { axis: 2 } },
          `present.${layer}.${kind}`,
        );
      return [all('key', key), all('value', value)];
    }
    const first = graph.integers([0]);
    const added = [key, value].map((each) => graph.node('Unsqueeze', [each, first]));
    const both = graph.node('Concat', added, { attributes: { axis: 0 } });
    const present = graph.node(
      'Concat',
      [`past_${layer}`, both],
      { attributes: { axis: 3 } },
      `present_${layer}`,
    );
    const part = (at: number) =>
      graph.node('Gather', [present, graph.integers([at], [])], { attributes: { axis: 0 } });
    return [part(0), part(1)];
  }

  private keysBeside(layer: number, rows: string): [string, string] {
    const { graph } = this;
    const { size, width } = TOY_FORM;
    const added = this.linear(`kv_${layer}`, rows, width, 2 * size);
    const all = graph.node(
      'Concat',
      [`past_key_values.${layer}.key_value`, added],
      { attributes: { axis: 1 } },
      `present.${layer}.key_value`,
    );
    const halves = [`keys_${layer}`, `values_${layer}`] as const;
    graph.nodeOf('Split', [all, graph.integers([size, size])], halves, { attributes: { axis: 2 } });
    const forAll = (half: string) => graph.node('Unsqueeze', [half, graph.integers([1])]);
    return [forAll(halves[0]), forAll(halves[1])];
  }

  /** A gated convolution over the last tokens, whose inputs are its state. */
  private convolution(rows: string): string {
    const { graph } = this;
    const { width, state } = TOY_FORM;
    const parts = ['gate', 'open', 'value'].map((part) => this.linear(part, rows, width, width));
    const turn = { attributes: { perm: [0, 2, 1] } };
    const added = graph.node('Transpose', [graph.node('Mul', [parts[0]!, parts[2]!])], turn);
    const all = graph.node('Concat', ['past_conv.0', added], { attributes: { axis: 2 } });
    const end = graph.weight('end', 'int64', [1], BigInt64Array.of(2n ** 63n - 1n));
    graph.node('Slice', [all, graph.integers([-state]), end, graph.integers([2])], {}, 'present_conv.0');
    const kernel = this.matrix('kernel', [width, 1, state + 1], 0.5);
    const mixed = graph.node('Conv', [all, kernel], { attributes: { group: width } });
    const back = graph.node('Transpose', [mixed], turn);
    return this.linear('convolved', graph.node('Mul', [parts[1]!, back]), width, width);
  }

  private norm(rows: string): string {
    const ones = this.weight('ones', [TOY_FORM.width], new Float32Array(TOY_FORM.width).fill(1));
    return this.graph.node('LayerNormalization', [rows, ones], { attributes: { axis: -1 } });
  }

  private linear(name: string, rows: string, from: number, to: number): string {
    const { graph, options, random } = this;
    const { bits } = options;
    if (!bits) return graph.node('MatMul', [rows, this.matrix(name, [from, to], 1.5 * from ** -0.5)]);
    const most = 2 ** bits - 1;
    const codes = Uint8Array.from({ length: (from * to * bits) / 8 }, () => random.int(0, 255));
    const scale = (6 * from ** -0.5) / most;
    const scales = new Float32Array((from * to) / BLOCK).fill(scale);
    const inputs = [
      rows,
      this.stored(`${name}_codes`, 'uint8', [to, from / BLOCK, (BLOCK * bits) / 8], codes),
      this.stored(`${name}_scales`, 'float', [scales.length], scales),
    ];
    const attributes = { K: from, N: to, bits, block_size: BLOCK, accuracy_level: 4 };
    return graph.node('MatMulNBits', inputs, { domain: MICROSOFT, attributes });
  }

  private matrix(name: string, dims: readonly number[], scale: number): string {
    const count = dims.reduce((product, each) => product * each, 1);
    // The sum of some even numbers is near enough to a bell.
    const values = Float32Array.from({ length: count }, () => {
      const sum = this.random.next() + this.random.next() + this.random.next() + this.random.next();
      return (sum - 2) * Math.sqrt(3) * scale;
    });
    return this.weight(name, dims, values);
  }

  private scalar(value: number): string {
    return this.weight(`number_${value}`, [], Float32Array.of(value));
  }

  /** A weight of the graph's own type. */
  private weight(name: string, dims: readonly number[], values: Float32Array): string {
    const bytes = this.float === 'float' ? values : Uint16Array.from(values, halfOf);
    return this.stored(name, this.float, dims, bytes);
  }

  private readonly names = new Set<string>();

  private stored(name: string, element: Element, dims: readonly number[], bytes: ArrayBufferView): string {
    // Small ones stay in the graph, as exporters have it.
    if (!this.options.external || bytes.byteLength < 1024)
      return this.graph.weight(name, element, dims, bytes);
    if (this.names.has(name)) return name;
    this.names.add(name);
    const place: ExternalPlace = {
      location: 'model.onnx_data',
      offset: this.written,
      length: bytes.byteLength,
    };
    this.data.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.written += bytes.byteLength;
    return this.graph.external(name, element, dims, place);
  }
}

const INT64 = { attributes: { to: ELEMENT.int64 } };

/** A number in 16 bits (IEEE 754 binary16), rounded. */
function halfOf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}
