import path from 'node:path';
import * as z from 'zod';
import type { StepModel } from '../engine/drafts/neural/stepGuesser.ts';
import { UserError } from '../errors.ts';
import { MODULE } from './llamaKernel.ts';
import type { ModelFolder } from './modelFolder.ts';
import { readJson } from './readJson.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';
import { BLOCK, integersOf, startKernel, TensorCheck } from './wasmKernel.ts';

/** Longest context that is allocated. */
const MOST_POSITIONS = 8192;

const configSchema = z.object({
  hidden_size: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  num_attention_heads: z.int().positive(),
  num_key_value_heads: z.int().positive(),
  head_dim: z.int().positive(),
  intermediate_size: z.int().positive(),
  vocab_size: z.int().positive(),
  max_position_embeddings: z.int().positive(),
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive(),
});
type Config = z.infer<typeof configSchema>;

/** What `kernels/llama.ts` exports. Pointers are bytes in the memory that the module was given. */
interface Kernel {
  readonly start: { readonly value: number };
  readonly probability: { readonly value: number };
  shape(...numbers: number[]): void;
  weights(...pointers: number[]): void;
  scratchBytes(): number;
  scratch(at: number): void;
  read(token: number, position: number): void;
  predict(): number;
  logits(): number;
}

/**
 * A small Llama with 8-bit weights in WebAssembly, for drafts: a token is one call that runs on the calling thread and
 * takes a tenth of a millisecond, where a general runtime takes several times as long to start its operators.
 *
 * It reads `weights/draft_q8.safetensors` as `training/export/kernel_weights.py` writes it.
 */
export class SmallLlama implements StepModel {
  private constructor(
    private readonly kernel: Kernel,
    readonly contextLength: number,
    private readonly vocabulary: number,
    private readonly memory: { readonly buffer: ArrayBuffer },
    /** Tokens of the head, in the order of its logits. */
    private readonly ids: Int32Array,
    /** Bytes of weights, keys and values, and scratch. */
    readonly bytes: number,
  ) {}

  /** @throws UserError `model-broken` or `model-unsupported`. */
  static async load(folder: ModelFolder): Promise<SmallLlama> {
    const config = await readJson(path.join(folder.path, 'config.json'), configSchema);
    const tensors = await readSafetensors(folder.graph);
    const outputs = check(config, tensors, folder.graph);
    const context = Math.min(config.max_position_embeddings, MOST_POSITIONS);
    const { exports: kernel, memory, take, put } = await startKernel<Kernel>(MODULE);
    const at = new Map([...tensors].map(([name, { bytes }]) => [name, put(bytes)]));
    const place = (name: string) => at.get(name)!;

    const { hidden_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim } = config;
    const pointers: number[] = [];
    for (let layer = 0; layer < num_hidden_layers; layer++) {
      for (const part of LAYER) pointers.push(place(`blocks.${layer}.${part}`));
      for (let i = 0; i < 2; i++) pointers.push(take(num_key_value_heads * context * head_dim * 4));
    }
    const [cosines, sines] = rotations(config, context).map((values) => put(bytesOf(values)));
    const table = put(bytesOf(Uint32Array.from(pointers)));
    kernel.shape(
      hidden_size,
      num_hidden_layers,
      num_attention_heads,
      num_key_value_heads,
      head_dim,
      config.intermediate_size,
      context,
      outputs,
      config.rms_norm_eps,
    );
    const embedding = ['embedding.codes', 'embedding.scales', 'norm'].map(place);
    kernel.weights(table, ...embedding, cosines!, sines!, place('output_ids'));
    kernel.scratch(take(kernel.scratchBytes()));
    const ids = integersOf(tensors.get('output_ids')!);
    return new SmallLlama(kernel, context, config.vocab_size, memory, ids, memory.buffer.byteLength);
  }

  /** @throws RangeError for a token or position that the model does not have. */
  read(token: number, position: number): void {
    const known = token >= 0 && token < this.vocabulary && position >= 0 && position < this.contextLength;
    if (!known) throw new RangeError(`token ${token} at position ${position}`);
    this.kernel.read(token, position);
  }

  predict(): { readonly token: number; readonly probability: number } {
    const token = this.kernel.predict();
    return { token, probability: this.kernel.probability.value };
  }

  /** Tokens that the head does not have get 0. */
  distribution(to: Float32Array): void {
    const { kernel, ids } = this;
    const likeliest = kernel.predict();
    const logits = new Float32Array(this.memory.buffer, kernel.logits(), ids.length);
    const most = logits[ids.indexOf(likeliest)]!;
    const share = kernel.probability.value;
    to.fill(0);
    for (let i = 0; i < ids.length; i++) to[ids[i]!] = share * Math.exp(logits[i]! - most);
  }
}

/** Weights of a layer in the order of the kernel's table. */
const LAYER = ['norm1', ...matrix('qkv'), ...matrix('out'), 'norm2', ...matrix('gate_up'), ...matrix('down')];

function matrix(name: string): string[] {
  return [`${name}.codes`, `${name}.scales`];
}

/** See that the file holds what the configuration says, in shapes that the kernel takes; returns the ids of the head. */
function check(config: Config, tensors: ReadonlyMap<string, StoredTensor>, file: string): number {
  const { hidden_size: width, head_dim: size, intermediate_size: inner } = config;
  const heads = config.num_attention_heads * size;
  const fits =
    [width, heads, inner].every((each) => each % BLOCK === 0) &&
    size % 8 === 0 &&
    config.num_attention_heads % config.num_key_value_heads === 0;
  const unsupported = (detail: string) =>
    new UserError('model-unsupported', `${file} cannot be used: ${detail}.`);
  if (!fits) throw unsupported('its widths are not multiples of 32, or its heads do not divide');
  const checked = new TensorCheck(tensors, file, 'its config.json');
  checked.expectMatrix('embedding', config.vocab_size, width);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = `blocks.${layer}`;
    for (const norm of ['norm1', 'norm2']) checked.expect(`${block}.${norm}`, 'F32', [width]);
    checked.expectMatrix(`${block}.qkv`, heads + 2 * config.num_key_value_heads * size, width);
    checked.expectMatrix(`${block}.out`, width, heads);
    checked.expectMatrix(`${block}.gate_up`, 2 * inner, width);
    checked.expectMatrix(`${block}.down`, width, inner);
  }
  checked.expect('norm', 'F32', [width]);
  const outputs = tensors.get('output_ids')?.shape[0] ?? 0;
  checked.expect('output_ids', 'I32', [outputs]);
  if (outputs < 4 || outputs % 4 !== 0) throw unsupported('the ids of its head are not a multiple of 4');
  if (!integersOf(tensors.get('output_ids')!).every((id) => id >= 0 && id < config.vocab_size))
    throw unsupported('its head has ids that it has not');
  return outputs;
}

/** Cosines and sines of the rotary angles, each [context, head size / 2]. */
function rotations({ head_dim, rope_theta }: Config, context: number): [Float32Array, Float32Array] {
  const half = head_dim / 2;
  const angle = (i: number) => Math.floor(i / half) * rope_theta ** (-(i % half) / half);
  const values = (f: (x: number) => number) =>
    Float32Array.from({ length: context * half }, (_, i) => f(angle(i)));
  return [values(Math.cos), values(Math.sin)];
}

function bytesOf(array: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
