import { broken, type GgufFile, unsupported } from './ggufFile.ts';

/** What a model of the Llama family looks like. */
export interface LlamaShape {
  readonly architecture: Architecture;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Positions that the model may use, as its makers say. */
  readonly context: number;
  readonly ropeTheta: number;
  /** By what the positions of the rotary turn are divided, as a whole. */
  readonly ropeDivisor: number;
  readonly epsilon: number;
  /** Factors that a family puts on its stream; 1 where it has none. */
  readonly scales: {
    readonly embedding: number;
    readonly residual: number;
    readonly logits: number;
    readonly attention: number;
  };
  /** Whether embedding and head are one matrix. */
  readonly tied: boolean;
}

type Architecture = keyof typeof ARCHITECTURES;

/**
 * Architectures whose graph is the same but for what stands here. `interleaved`: converters to GGUF put the rows of query and key
 * matrices in another order, neighbouring pairs instead of halves.
 */
const ARCHITECTURES = {
  llama: { interleaved: true },
  granite: { interleaved: true },
  qwen2: { interleaved: false },
  qwen3: { interleaved: false },
} as const;

export function isInterleaved({ architecture }: LlamaShape): boolean {
  return ARCHITECTURES[architecture].interleaved;
}

/** The shape of a file's model. @throws UserError `model-unsupported` with the reason. */
export function shapeOf(gguf: GgufFile): LlamaShape {
  const architecture = gguf.text('general.architecture') ?? 'nothing';
  if (!isKnown(architecture)) {
    throw unsupported(gguf.file, `it holds a ${architecture}, and only ${families()} can be converted`);
  }
  const of = (key: string, fallback?: number) => gguf.number(`${architecture}.${key}`, fallback);
  const refusal = refusalOf(gguf, architecture);
  if (refusal) throw unsupported(gguf.file, refusal);
  const width = of('embedding_length');
  const heads = of('attention.head_count');
  const headSize = of('attention.key_length', width / heads);
  const window = of('attention.sliding_window', 0);
  const context = of('context_length');
  const shape: LlamaShape = {
    architecture,
    width,
    layers: of('block_count'),
    heads,
    keyValueHeads: of('attention.head_count_kv', heads),
    headSize,
    feedForward: of('feed_forward_length'),
    vocabulary: gguf.tensor('token_embd.weight').rows,
    // Within its window a model that sees no further is the same as one that sees everything.
    context: window > 0 ? Math.min(window, context) : context,
    ropeTheta: of('rope.freq_base', 10_000),
    ropeDivisor:
      gguf.text(`${architecture}.rope.scaling.type`) === 'linear' ? of('rope.scaling.factor', 1) : 1,
    epsilon: shortest(of('attention.layer_norm_rms_epsilon')),
    scales: {
      embedding: of('embedding_scale', 1),
      residual: of('residual_scale', 1),
      logits: of('logit_scale', 1),
      attention: of('attention.scale', headSize ** -0.5),
    },
    tied: !gguf.tensors.has('output.weight'),
  };
  requireTensors(gguf, shape);
  return shape;
}

/** Rows of products are cut into blocks of so many weights, or more. */
const BLOCK = 32;

/** Refuse a file whose tensors are not those that its header speaks of, or say more than the graph does. */
function requireTensors(gguf: GgufFile, shape: LlamaShape): void {
  const own = tensorsOf(shape);
  for (const [name, [rows, columns]] of own) {
    // Of biases, and of norms of heads, there are all or none.
    const others = ['q', 'k', 'v'].map((part) => name.replace(/attn_[qkv]/, `attn_${part}`));
    if (OPTIONAL.test(name) && !others.some((other) => gguf.tensors.has(other))) continue;
    const tensor = gguf.tensor(name);
    if (tensor.rows !== rows || tensor.columns !== columns) {
      throw broken(gguf.file, `${name} has another shape than the header says`);
    }
    if (rows > 1 && columns % BLOCK !== 0) {
      throw unsupported(gguf.file, `rows of ${name} are no multiple of ${BLOCK} weights`);
    }
  }
  const stranger = [...gguf.tensors.keys()].find((name) => name.endsWith('.bias') && !own.has(name));
  if (stranger) throw unsupported(gguf.file, `${stranger} has no place in the graph`);
}

const OPTIONAL = /attn_[qk]_norm\.weight$|\.bias$|^output\.weight$|^rope_freqs/;

/** Rows and columns of every tensor that is looked at. */
function tensorsOf(shape: LlamaShape): ReadonlyMap<string, readonly [rows: number, columns: number]> {
  const { width, feedForward, vocabulary, headSize } = shape;
  const [queries, keys] = [shape.heads * headSize, shape.keyValueHeads * headSize];
  const all = new Map<string, readonly [number, number]>([
    ['token_embd.weight', [vocabulary, width]],
    ['output.weight', [vocabulary, width]],
    ['output_norm.weight', [1, width]],
    ['rope_freqs.weight', [1, headSize / 2]],
  ]);
  for (let layer = 0; layer < shape.layers; layer++) {
    const own = Object.entries({
      'attn_norm.weight': [1, width],
      'attn_q.weight': [queries, width],
      'attn_k.weight': [keys, width],
      'attn_v.weight': [keys, width],
      'attn_q.bias': [1, queries],
      'attn_k.bias': [1, keys],
      'attn_v.bias': [1, keys],
      'attn_q_norm.weight': [1, headSize],
      'attn_k_norm.weight': [1, headSize],
      'attn_output.weight': [width, queries],
      'ffn_norm.weight': [1, width],
      'ffn_gate.weight': [feedForward, width],
      'ffn_up.weight': [feedForward, width],
      'ffn_down.weight': [width, feedForward],
    } as const);
    for (const [name, sides] of own) all.set(`blk.${layer}.${name}`, sides);
  }
  return all;
}

function isKnown(name: string): name is Architecture {
  return Object.hasOwn(ARCHITECTURES, name);
}

function families(): string {
  const names = Object.keys(ARCHITECTURES);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Why a model of a known architecture cannot be converted all the same. */
function refusalOf(gguf: GgufFile, architecture: Architecture): string | undefined {
  const of = (key: string) => gguf.number(`${architecture}.${key}`, 0);
  if (gguf.number('split.count', 1) > 1) return 'it is one of several parts; join them with llama-gguf-split';
  if (of('expert_count') > 0) return 'it is a mixture of experts';
  const scaling = gguf.text(`${architecture}.rope.scaling.type`) ?? 'none';
  if (!['none', 'linear'].includes(scaling)) return `it stretches positions by «${scaling}»`;
  for (const key of ['attention.head_count', 'attention.head_count_kv', 'feed_forward_length']) {
    if (Array.isArray(gguf.facts.get(`${architecture}.${key}`))) return 'its layers have different sizes';
  }
  const heads = of('attention.head_count');
  const groups = heads / (of('attention.head_count_kv') || heads);
  if (!(heads > 0 && Number.isInteger(groups))) return 'its heads cannot be shared out evenly';
  const headSize = of('attention.key_length') || of('embedding_length') / heads;
  if (headSize % 2 !== 0) return `its heads are ${headSize} numbers wide`;
  const turned = of('rope.dimension_count');
  if (turned > 0 && turned !== headSize) return 'only a part of each head is turned by position';
  const layers = of('block_count');
  if (!(Number.isInteger(layers) && layers > 0 && layers < 1000)) return `it has ${layers} layers`;
  const values = of('attention.value_length');
  if (values > 0 && values !== headSize) return 'its keys and values have different sizes';
  return undefined;
}

/** The shortest decimal number for one of 32 bits: 1e-5 and not 0.000009999999747. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
