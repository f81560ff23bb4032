import { Random } from './random.ts';

/** Small models of the Llama family as GGUF files, and what they compute in plain arithmetic. */

/** Numbers of ggml for the kinds of rows that are written here. */
const KINDS = { F32: 0, Q4_0: 2, Q8_0: 8 } as const;
/** Numbers of GGUF for types of values in a header. */
const VALUES = { uint32: 4, float32: 6, bool: 7, string: 8, array: 9 } as const;
const ALIGNMENT = 32;

export type ToyKind = keyof typeof KINDS;
type Value =
  | string
  | boolean
  | readonly string[]
  | { readonly int: number | readonly number[] }
  | { readonly float: number };

/** A matrix of [rows, columns], and the kind that its rows are written in. */
export interface ToyTensor {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  readonly kind: ToyKind;
}

/** The bytes of a GGUF file. */
export function ggufBytes(
  facts: Readonly<Record<string, Value>>,
  tensors: ReadonlyMap<string, ToyTensor>,
): Buffer {
  const data: Buffer[] = [];
  let offset = 0;
  const infos: Buffer[] = [];
  for (const [name, tensor] of tensors) {
    const bytes = rowsOf(tensor);
    const dims = tensor.rows === 1 ? [tensor.columns] : [tensor.columns, tensor.rows];
    infos.push(
      text(name),
      uint32(dims.length),
      ...dims.map(uint64),
      uint32(KINDS[tensor.kind]),
      uint64(offset),
    );
    const padded = Buffer.concat([bytes, Buffer.alloc(padding(bytes.length))]);
    data.push(padded);
    offset += padded.length;
  }
  const pairs = Object.entries(facts).flatMap(([key, value]) => [text(key), headerValue(value)]);
  const count = [uint64(tensors.size), uint64(Object.keys(facts).length)];
  const head = Buffer.concat([Buffer.from('GGUF'), uint32(3), ...count, ...pairs, ...infos]);
  return Buffer.concat([head, Buffer.alloc(padding(head.length)), ...data]);
}

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}

function headerValue(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([uint32(VALUES.string), text(value)]);
  if (typeof value === 'boolean') return Buffer.concat([uint32(VALUES.bool), Buffer.from([value ? 1 : 0])]);
  if ('float' in value) return Buffer.concat([uint32(VALUES.float32), float(value.float)]);
  if ('int' in value) {
    const { int } = value;
    if (typeof int === 'number') return Buffer.concat([uint32(VALUES.uint32), uint32(int)]);
    return list(VALUES.uint32, int.map(uint32));
  }
  return list(VALUES.string, value.map(text));
}

function list(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(VALUES.array), uint32(type), uint64(items.length), ...items]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

/** A power of two as a number of 16 bits: exact, so that what is written is what is meant. */
function powerOfTwo(exponent: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE((exponent + 15) << 10);
  return bytes;
}

const STEP = { Q8_0: -10, Q4_0: -6 } as const;

function rowsOf({ values, kind }: ToyTensor): Buffer {
  if (kind === 'F32') return Buffer.concat(Array.from(values, float));
  const blocks: Buffer[] = [];
  for (let from = 0; from < values.length; from += 32) {
    const codes = Array.from(values.subarray(from, from + 32), (value) =>
      Math.round(value / 2 ** STEP[kind]),
    );
    const bytes =
      kind === 'Q8_0'
        ? Buffer.from(Int8Array.from(codes).buffer)
        : Buffer.from(Array.from({ length: 16 }, (_, i) => (codes[i]! + 8) | ((codes[i + 16]! + 8) << 4)));
    blocks.push(powerOfTwo(STEP[kind]), bytes);
  }
  return Buffer.concat(blocks);
}

/** A random tensor whose values its kind holds exactly. */
function toyTensor(random: Random, rows: number, columns: number, kind: ToyKind): ToyTensor {
  const most = kind === 'Q4_0' ? 7 : 100;
  const step = kind === 'F32' ? 2 ** -10 : 2 ** STEP[kind];
  const values = Float32Array.from({ length: rows * columns }, () => step * random.int(-most, most));
  return { rows, columns, values, kind };
}

/** A family as its files have it. */
export interface ToyFamily {
  readonly architecture: 'llama' | 'qwen2' | 'qwen3' | 'granite';
  /** Kind of the matrices. */
  readonly kind: ToyKind;
  readonly tied: boolean;
}

/** Sizes of every toy. Vocabulary: all bytes, and a token that ends a text. */
const TOY = { width: 64, layers: 2, heads: 4, kvHeads: 2, size: 16, inner: 96, vocabulary: 257 };
const GRANITE = { embedding: 3, residual: 0.5, logits: 2, attention: 0.125 };

/** The header and tensors of a toy. */
export function toyGguf(seed: number, { architecture, kind, tied }: ToyFamily) {
  const random = new Random(seed);
  const tensors = new Map<string, ToyTensor>();
  const add = (name: string, rows: number, columns: number, own: ToyKind = kind) =>
    tensors.set(name, toyTensor(random, rows, columns, own));
  const norm = (name: string, columns: number) => {
    const values = Float32Array.from({ length: columns }, () => random.int(12, 20) / 16);
    tensors.set(name, { rows: 1, columns, values, kind: 'F32' });
  };
  add('token_embd.weight', TOY.vocabulary, TOY.width, 'Q8_0');
  if (!tied) add('output.weight', TOY.vocabulary, TOY.width);
  norm('output_norm.weight', TOY.width);
  for (let layer = 0; layer < TOY.layers; layer++) {
    const part = (name: string) => `blk.${layer}.${name}`;
    const rows = { q: TOY.heads * TOY.size, k: TOY.kvHeads * TOY.size, v: TOY.kvHeads * TOY.size };
    for (const [name, count] of Object.entries(rows)) {
      add(part(`attn_${name}.weight`), count, TOY.width);
      if (architecture === 'qwen2') add(part(`attn_${name}.bias`), 1, count, 'F32');
    }
    for (const name of ['q', 'k'])
      if (architecture === 'qwen3') norm(part(`attn_${name}_norm.weight`), TOY.size);
    add(part('attn_output.weight'), TOY.width, TOY.heads * TOY.size);
    for (const name of ['gate', 'up']) add(part(`ffn_${name}.weight`), TOY.inner, TOY.width);
    add(part('ffn_down.weight'), TOY.width, TOY.inner);
    for (const name of ['attn', 'ffn']) norm(part(`${name}_norm.weight`), TOY.width);
  }
  return { facts: factsOf(architecture), tensors };
}

function factsOf(architecture: string): Record<string, Value> {
  const own = (key: string) => `${architecture}.${key}`;
  const letters = byteLetters();
  return {
    'general.architecture': architecture,
    'general.name': `Toy ${architecture}`,
    'general.license': 'mit',
    [own('block_count')]: { int: TOY.layers },
    [own('context_length')]: { int: 256 },
    [own('embedding_length')]: { int: TOY.width },
    [own('feed_forward_length')]: { int: TOY.inner },
    [own('attention.head_count')]: { int: TOY.heads },
    [own('attention.head_count_kv')]: { int: TOY.kvHeads },
    [own('attention.layer_norm_rms_epsilon')]: { float: 1e-5 },
    [own('rope.freq_base')]: { float: 100 },
    ...(architecture === 'granite'
      ? {
          [own('embedding_scale')]: { float: GRANITE.embedding },
          [own('residual_scale')]: { float: GRANITE.residual },
          [own('logit_scale')]: { float: GRANITE.logits },
          [own('attention.scale')]: { float: GRANITE.attention },
        }
      : {}),
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': ['<|endoftext|>', ...letters],
    'tokenizer.ggml.token_type': { int: [3, ...letters.map(() => 1)] },
    'tokenizer.ggml.merges': [`${letters[97]} ${letters[98]}`].slice(1),
    'tokenizer.ggml.eos_token_id': { int: 0 },
  };
}

/** All bytes as byte-level tokenizers write them. */
function byteLetters(): string[] {
  let extra = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(printable ? byte : 256 + extra++);
  });
}

/** Logits of the last of `ids`, in numbers of 64 bits and without a cache. */
export function toyLogits(
  tensors: ReadonlyMap<string, ToyTensor>,
  architecture: ToyFamily['architecture'],
  ids: readonly number[],
): number[] {
  const times = (name: string, x: readonly number[]) => product(tensors.get(name)!, x);
  const factor =
    architecture === 'granite' ? GRANITE : { embedding: 1, residual: 1, logits: 1, attention: 0.25 };
  const embedding = tensors.get('token_embd.weight')!;
  let rows = ids.map((id) =>
    Array.from(
      embedding.values.subarray(id * TOY.width, (id + 1) * TOY.width),
      (value) => value * factor.embedding,
    ),
  );
  const normed = (name: string, x: readonly number[]) => {
    const root = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + 1e-5);
    return x.map((value, i) => (value / root) * tensors.get(name)!.values[i]!);
  };
  for (let layer = 0; layer < TOY.layers; layer++) {
    const part = (name: string) => `blk.${layer}.${name}`;
    const heads = (name: 'q' | 'k' | 'v') =>
      rows.map((row, position) => {
        const plain = times(part(`attn_${name}.weight`), normed(part('attn_norm.weight'), row));
        const bias = tensors.get(part(`attn_${name}.bias`));
        const all = plain.map((value, i) => value + (bias?.values[i] ?? 0));
        return Array.from({ length: all.length / TOY.size }, (_, head) => {
          const one = all.slice(head * TOY.size, (head + 1) * TOY.size);
          const norm = part(`attn_${name}_norm.weight`);
          const own = tensors.has(norm) ? normed(norm, one) : one;
          if (name === 'v') return own;
          return turned(own, position, architecture === 'llama' || architecture === 'granite');
        });
      });
    const [q, k, v] = [heads('q'), heads('k'), heads('v')];
    rows = rows.map((row, position) => {
      const mixed = q[position]!.flatMap((query, head) => {
        const group = Math.floor(head / (TOY.heads / TOY.kvHeads));
        const scores = k.slice(0, position + 1).map((keys) => factor.attention * dot(query, keys[group]!));
        const most = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - most));
        const sum = weights.reduce((a, b) => a + b);
        return query.map((_, i) =>
          weights.reduce((all, weight, at) => all + (weight / sum) * v[at]![group]![i]!, 0),
        );
      });
      const out = times(part('attn_output.weight'), mixed);
      const between = row.map((value, i) => value + factor.residual * out[i]!);
      const x = normed(part('ffn_norm.weight'), between);
      const up = times(part('ffn_up.weight'), x);
      const open = times(part('ffn_gate.weight'), x).map(
        (value, i) => (value / (1 + Math.exp(-value))) * up[i]!,
      );
      const down = times(part('ffn_down.weight'), open);
      return between.map((value, i) => value + factor.residual * down[i]!);
    });
  }
  const head = tensors.has('output.weight') ? 'output.weight' : 'token_embd.weight';
  return times(head, normed('output_norm.weight', rows.at(-1)!)).map((value) => value / factor.logits);
}

/** The rotary turn: of neighbouring pairs, as llama.cpp has it for converted rows, or of the halves of a head. */
function turned(head: readonly number[], position: number, neighbours: boolean): number[] {
  const out = [...head];
  for (let i = 0; i < head.length / 2; i++) {
    const [a, b] = neighbours ? [2 * i, 2 * i + 1] : [i, i + head.length / 2];
    const angle = position * 100 ** ((-2 * i) / head.length);
    out[a] = head[a]! * Math.cos(angle) - head[b]! * Math.sin(angle);
    out[b] = head[b]! * Math.cos(angle) + head[a]! * Math.sin(angle);
  }
  return out;
}

function product({ rows, columns, values }: ToyTensor, x: readonly number[]): number[] {
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += values[row * columns + i]! * x[i]!;
    return sum;
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
