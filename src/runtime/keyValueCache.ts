import type { Tensor } from 'onnxruntime-node';
import type { KeyValues } from './carried.ts';
import type { GraphForm } from './graph.ts';
import type { OrtModule } from './onnx.ts';
import { bytesOf, sizeOf, tensorOf, zeros } from './tensors.ts';

/** Where what a graph carries lives between passes. */
export interface KeyValueCache {
  /** The most tokens, `length` at most, behind which a pass can go on. Those after them are to be scored again. */
  resumable(length: number): number;
  /** Tensors to feed, given that the first `length` positions are valid, from which a pass can go on. */
  feeds(length: number): Record<string, Tensor>;
  /** What to fetch: a tensor to write to, or null for a new one. */
  fetches(): Record<string, Tensor | null>;
  /** Take over what a pass gave, or wrote. @param length tokens behind the pass. @param padded whether it went beyond them */
  store(results: Readonly<Record<string, Tensor>>, length: number, padded: boolean): void;
}

/**
 * One preallocated buffer for each tensor, passed as past and as present: the graph writes in place, nothing is
 * copied and forgetting is a number.
 */
export function sharedCache(ort: OrtModule, form: GraphForm, positions: number): KeyValueCache {
  const past: Record<string, Tensor> = {};
  const present: Record<string, Tensor> = {};
  for (const layer of form.layers) {
    past[layer.past] = zeros(ort, layer.type, sidesFor(layer, positions));
    present[layer.present] = past[layer.past]!;
  }
  return {
    resumable: (length) => length,
    feeds: () => past,
    fetches: () => present,
    store: () => undefined,
  };
}

/** For graphs that concatenate past and new: each pass gives new tensors, and forgetting copies what stays. */
export function concatenatedCache(ort: OrtModule, form: GraphForm): KeyValueCache {
  const held: Record<string, Tensor> = {};
  for (const layer of form.layers) held[layer.past] = zeros(ort, layer.type, layer.dims);
  return {
    resumable: (length) => length,
    feeds(length) {
      for (const layer of form.layers) held[layer.past] = cut(ort, layer, held[layer.past]!, length);
      return held;
    },
    fetches: () => Object.fromEntries(form.layers.map((layer) => [layer.present, null])),
    store(results) {
      for (const layer of form.layers) held[layer.past] = results[layer.present]!;
    },
  };
}

/** What a tensor has of the first `length` tokens. */
function cut(ort: OrtModule, layer: KeyValues, tensor: Tensor, length: number): Tensor {
  const old = tensor.dims[layer.axis]!;
  if (old === length) return tensor;
  const dims = sidesFor(layer, length);
  const data = new Uint8Array(sizeOf({ type: layer.type, dims }));
  const source = bytesOf(tensor);
  // What stands together is the tokens of one head, or of all where their side comes first.
  const outer = layer.dims.slice(0, layer.axis).reduce((product, side) => product * side, 1);
  for (let part = 0; part < outer; part++) {
    const from = (part * source.length) / outer;
    const size = data.length / outer;
    data.set(source.subarray(from, from + size), part * size);
  }
  return tensorOf(ort, layer.type, data, dims);
}

function sidesFor({ dims, axis }: KeyValues, length: number): number[] {
  return dims.map((side, at) => (at === axis ? length : side));
}

/** Several caches of one form, one of them in use; each is made when it is first used. */
export class CacheSlots implements KeyValueCache {
  private readonly made: (KeyValueCache | undefined)[];
  private current: KeyValueCache;

  /** The first slot is in use. */
  constructor(
    readonly count: number,
    private readonly make: () => KeyValueCache,
  ) {
    this.current = make();
    this.made = Array.from({ length: count }, (_, slot) => (slot === 0 ? this.current : undefined));
  }

  /** @param slot below `count`. */
  use(slot: number): void {
    this.made[slot] ??= this.make();
    this.current = this.made[slot]!;
  }

  resumable(length: number): number {
    return this.current.resumable(length);
  }

  feeds(length: number): Record<string, Tensor> {
    return this.current.feeds(length);
  }

  fetches(): Record<string, Tensor | null> {
    return this.current.fetches();
  }

  store(results: Readonly<Record<string, Tensor>>, length: number, padded: boolean): void {
    this.current.store(results, length, padded);
  }
}
