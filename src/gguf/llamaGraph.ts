import { type GraphBuilder, MICROSOFT } from '../graphs/graphBuilder.ts';
import type { GgufFile } from './ggufFile.ts';
import { isInterleaved, type LlamaShape } from './shape.ts';
import { halvesOrder, type Source, type WeightWriter, type WrittenMatrix } from './weightWriter.ts';

/** A stream of rows: its sum so far, and what is yet to be added to it. */
interface Stream {
  readonly sum: string;
  readonly added: string | undefined;
}

/**
 * Writes a model of the Llama family as the graph that the runtime likes best: one operator for attention, which may write keys
 * and values into one buffer, fused norms, and products with codes of 8 or 4 bits. Inputs and outputs have the hub's names;
 * `num_logits_to_keep` leaves out rows of logits, `argmax` is the likeliest token of each.
 */
export class LlamaGraph {
  constructor(
    private readonly gguf: GgufFile,
    private readonly shape: LlamaShape,
    private readonly graph: GraphBuilder,
    private readonly writer: WeightWriter,
    /** Positions of the rotary tables. */
    private readonly positions: number,
  ) {}

  /** Write all weights and nodes. */
  async build(): Promise<void> {
    const { graph, shape, writer, gguf } = this;
    graph.input('input_ids', 'int64', ['batch_size', 'sequence']);
    graph.input('attention_mask', 'int64', ['batch_size', 'total']);
    graph.input('num_logits_to_keep', 'int64', []);
    const embedding = await writer.matrix('embedding', [{ tensor: gguf.tensor('token_embd.weight') }], 8);
    await this.tables();
    this.lengths();
    let stream: Stream = {
      sum: this.times(this.rowsOf(embedding), shape.scales.embedding),
      added: undefined,
    };
    for (let layer = 0; layer < shape.layers; layer++) stream = await this.layer(layer, stream);
    const { normed } = await this.norm(stream, 'output_norm.weight');
    const start = graph.node('Reshape', [graph.node('Neg', ['num_logits_to_keep']), graph.integers([1])]);
    const end = graph.weight('end', 'int64', [1], BigInt64Array.of(2n ** 63n - 1n));
    const kept = graph.node('Slice', [normed, start, end, graph.integers([1])]);
    const head = shape.tied
      ? embedding
      : await writer.matrix('head', [{ tensor: gguf.tensor('output.weight') }], 8);
    const scores = this.times(this.product(kept, head), 1 / shape.scales.logits);
    graph.node('Identity', [scores], {}, 'logits');
    graph.node('ArgMax', ['logits'], { attributes: { axis: -1, keepdims: 0 } }, 'argmax');
    graph.output('logits', 'float', ['batch_size', 'kept', shape.vocabulary]);
    graph.output('argmax', 'int64', ['batch_size', 'kept']);
    this.caches();
  }

  private async layer(layer: number, stream: Stream): Promise<Stream> {
    const { shape, graph } = this;
    const part = (name: string) => `blk.${layer}.${name}`;
    const before = await this.norm(stream, part('attn_norm.weight'));
    const attended = await this.attention(layer, before.normed);
    const out = await this.linear(`out_${layer}`, attended, [
      { tensor: this.gguf.tensor(part('attn_output.weight')) },
    ]);
    const between = await this.norm(
      { sum: before.sum, added: this.times(out, shape.scales.residual) },
      part('ffn_norm.weight'),
    );
    const both = await this.linear(`gate_up_${layer}`, between.normed, [
      { tensor: this.gguf.tensor(part('ffn_gate.weight')) },
      { tensor: this.gguf.tensor(part('ffn_up.weight')) },
    ]);
    const [gate, up] = [`gate_${layer}`, `up_${layer}`];
    const halves = graph.integers([shape.feedForward, shape.feedForward]);
    graph.nodeOf('Split', [both, halves], [gate, up], { attributes: { axis: -1 } });
    const opened = graph.node('Mul', [graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]), up]);
    const down = await this.linear(`down_${layer}`, opened, [
      { tensor: this.gguf.tensor(part('ffn_down.weight')) },
    ]);
    return { sum: between.sum, added: this.times(down, shape.scales.residual) };
  }

  private async attention(layer: number, rows: string): Promise<string> {
    const { shape, gguf, graph } = this;
    const orders = {
      q: isInterleaved(shape) ? halvesOrder(shape.heads, shape.headSize) : undefined,
      k: isInterleaved(shape) ? halvesOrder(shape.keyValueHeads, shape.headSize) : undefined,
      v: undefined,
    };
    const part = (name: string) => `blk.${layer}.${name}`;
    const sources = (['q', 'k', 'v'] as const).map((name) => ({
      tensor: gguf.tensor(part(`attn_${name}.weight`)),
      order: orders[name],
    }));
    const all = await this.linear(`qkv_${layer}`, rows, sources);
    const biased = await this.biased(layer, all, orders);
    const [query, key, value] = await this.normedHeads(layer, biased);
    const caches = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`];
    const attended = `attended_${layer}`;
    graph.nodeOf(
      'GroupQueryAttention',
      [query, key, value, ...caches, 'last', 'total', 'rope_cosine', 'rope_sine'],
      [attended, `present.${layer}.key`, `present.${layer}.value`],
      {
        domain: MICROSOFT,
        attributes: {
          num_heads: shape.heads,
          kv_num_heads: shape.keyValueHeads,
          do_rotary: 1,
          rotary_interleaved: 0,
          scale: { float: shape.scales.attention },
        },
      },
    );
    return attended;
  }

  /** Query, key and value behind their biases, where the file has some. */
  private async biased(
    layer: number,
    rows: string,
    orders: Readonly<Record<'q' | 'k' | 'v', Int32Array | undefined>>,
  ): Promise<string> {
    const { gguf, graph } = this;
    const name = (part: string) => `blk.${layer}.attn_${part}.bias`;
    if (!gguf.tensors.has(name('q'))) return rows;
    const all: number[] = [];
    for (const part of ['q', 'k', 'v'] as const) {
      const values = await gguf.numbers(name(part));
      const order = orders[part];
      all.push(...(order ? Array.from(order, (from) => values[from]!) : values));
    }
    const bias = graph.weight(`bias_${layer}`, 'float', [all.length], Float32Array.from(all));
    return graph.node('Add', [rows, bias]);
  }

  /** The inputs of attention: all in one, or apart where each head of query and key has a norm. */
  private async normedHeads(layer: number, rows: string): Promise<readonly [string, string, string]> {
    const { gguf, graph, shape } = this;
    const name = (part: string) => `blk.${layer}.attn_${part}_norm.weight`;
    if (!gguf.tensors.has(name('q'))) return [rows, '', ''];
    const parts = ['q', 'k', 'v'].map((part) => `${part}_${layer}`) as [string, string, string];
    const sizes = [shape.heads, shape.keyValueHeads, shape.keyValueHeads].map(
      (heads) => heads * shape.headSize,
    );
    graph.nodeOf('Split', [rows, graph.integers(sizes)], parts, { attributes: { axis: -1 } });
    const normed: string[] = [];
    for (const [i, part] of (['q', 'k'] as const).entries()) {
      const heads = graph.node('Reshape', [parts[i]!, graph.integers([0, 0, -1, shape.headSize])]);
      const weight = await this.small(name(part));
      const each = graph.node('SimplifiedLayerNormalization', [heads, weight], {
        attributes: { axis: -1, epsilon: { float: shape.epsilon } },
      });
      normed.push(graph.node('Reshape', [each, graph.integers([0, 0, sizes[i]!])]));
    }
    return [normed[0]!, normed[1]!, parts[2]];
  }

  /** Add what is to be added to a stream and normalise it, in one operator. */
  private async norm({ sum, added }: Stream, name: string): Promise<{ normed: string; sum: string }> {
    const { graph, shape } = this;
    const weight = await this.small(name);
    const epsilon = { float: shape.epsilon };
    const normed = `${name}_normed`;
    if (added === undefined) {
      const attributes = { axis: -1, epsilon };
      return {
        normed: graph.node('SimplifiedLayerNormalization', [sum, weight], { attributes }, normed),
        sum,
      };
    }
    const total = `${name}_stream`;
    graph.nodeOf('SkipSimplifiedLayerNormalization', [sum, added, weight], [normed, '', '', total], {
      domain: MICROSOFT,
      attributes: { epsilon },
    });
    return { normed, sum: total };
  }

  private async small(name: string): Promise<string> {
    const values = await this.gguf.numbers(name);
    return this.graph.weight(name, 'float', [values.length], values);
  }

  private async linear(name: string, rows: string, sources: readonly Source[]): Promise<string> {
    return this.product(rows, await this.writer.matrix(name, sources));
  }

  private product(rows: string, { codes, scales, ...matrix }: WrittenMatrix): string {
    return this.graph.node('MatMulNBits', [rows, codes, scales], {
      domain: MICROSOFT,
      attributes: {
        K: matrix.columns,
        N: matrix.rows,
        bits: matrix.bits,
        block_size: matrix.block,
        accuracy_level: 4,
      },
    });
  }

  /** Rows of the embedding, which is stored once: the head multiplies with the same codes. */
  private rowsOf({ codes, scales, rows, columns, block }: WrittenMatrix): string {
    const { graph } = this;
    const float = { attributes: { to: 1 } };
    const numbers = graph.node('Cast', [graph.node('Gather', [codes, 'input_ids'])], float);
    const centred = graph.node('Sub', [numbers, graph.number(128)]);
    const byRow = graph.node('Reshape', [scales, graph.integers([rows, columns / block, 1])]);
    const scaled = graph.node('Mul', [centred, graph.node('Gather', [byRow, 'input_ids'])]);
    return graph.node('Reshape', [scaled, graph.integers([0, 0, columns])]);
  }

  private times(rows: string, factor: number): string {
    return factor === 1 ? rows : this.graph.node('Mul', [rows, this.graph.number(factor)]);
  }

  /** Index of the last valid position and number of all, from the attention mask. */
  private lengths(): void {
    const { graph } = this;
    const int32 = { attributes: { to: 6 } };
    const one = graph.integers([1]);
    const length = graph.node('ReduceSum', ['attention_mask', one], { attributes: { keepdims: 0 } });
    graph.node('Cast', [graph.node('Sub', [length, one])], int32, 'last');
    const sides = graph.node('Shape', ['attention_mask']);
    graph.node('Cast', [graph.node('Gather', [sides, graph.integers([1], [])])], int32, 'total');
  }

  /** Cosines and sines of every position, [positions, head size / 2]. */
  private async tables(): Promise<void> {
    const { shape, graph, gguf, positions } = this;
    const middle = shape.headSize / 2;
    const factors = gguf.tensors.has('rope_freqs.weight')
      ? await gguf.numbers('rope_freqs.weight')
      : undefined;
    const cosine = new Float32Array(positions * middle);
    const sine = new Float32Array(positions * middle);
    for (let i = 0; i < middle; i++) {
      const slower = (factors?.[i] ?? 1) * shape.ropeDivisor;
      const frequency = shape.ropeTheta ** ((-2 * i) / shape.headSize) / slower;
      for (let position = 0; position < positions; position++) {
        cosine[position * middle + i] = Math.cos(position * frequency);
        sine[position * middle + i] = Math.sin(position * frequency);
      }
    }
    graph.weight('rope_cosine', 'float', [positions, middle], cosine);
    graph.weight('rope_sine', 'float', [positions, middle], sine);
  }

  private caches(): void {
    const { shape, graph } = this;
    for (let layer = 0; layer < shape.layers; layer++) {
      for (const kind of ['key', 'value']) {
        const dims = (length: string) => ['batch_size', shape.keyValueHeads, length, shape.headSize];
        graph.input(`past_key_values.${layer}.${kind}`, 'float', dims('past'));
        graph.output(`present.${layer}.${kind}`, 'float', dims('total_length'));
      }
    }
  }
}
