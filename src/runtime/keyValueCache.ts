import type { Tensor } from 'onnxruntime-node';
import type { GraphForm } from './graph.ts';
import type { OrtModule } from './onnx.ts';

/** Where keys and values live between passes. */
export interface KeyValueCache {
  /** Tensors to feed, given that the first `length` positions are valid. */
  feeds(length: number): Record<string, Tensor>;
  /** What to fetch: a tensor to write to, or null for a new one. */
  fetches(): Record<string, Tensor | null>;
  /** Take over what a pass gave. */
  store(results: Readonly<Record<string, Tensor>>): void;
}

/**
 * One preallocated buffer per layer, passed as past and as present: the graph writes in place, nothing is
 * copied and forgetting is a number. Shape of each: [1, key-value heads, positions, head size].
 */
export function sharedCache(ort: OrtModule, form: GraphForm, positions: number): KeyValueCache {
  const past: Record<string, Tensor> = {};
  const present: Record<string, Tensor> = {};
  for (const layer of form.layers) {
    const dims = [1, form.keyValueHeads, positions, form.headSize];
    const data = new Float32Array(dims.reduce((a, b) => a * b));
    past[layer.past] = new ort.Tensor('float32', data, dims);
    present[layer.present] = past[layer.past]!;
  }
  return { feeds: () => past, fetches: () => present, store: () => undefined };
}

/** For graphs that concatenate past and new: each pass gives new tensors, and forgetting copies what stays. */
export function concatenatedCache(ort: OrtModule, form: GraphForm): KeyValueCache {
  const heads = form.keyValueHeads;
  const size = form.headSize;
  let held: Record<string, Tensor> = {};
  for (const layer of form.layers) {
    held[layer.past] = new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, size]);
  }

  const cut = (tensor: Tensor, length: number): Tensor => {
    const old = tensor.dims[2]!;
    if (old === length) return tensor;
    const source = tensor.data as Float32Array;
    const data = new Float32Array(heads * length * size);
    for (let head = 0; head < heads; head++) {
      const start = head * old * size;
      data.set(source.subarray(start, start + length * size), head * length * size);
    }
    return new ort.Tensor('float32', data, [1, heads, length, size]);
  };

  return {
    feeds(length) {
      for (const [name, tensor] of Object.entries(held)) held[name] = cut(tensor, length);
      return held;
    },
    fetches: () => Object.fromEntries(form.layers.map((layer) => [layer.present, null])),
    store(results) {
      held = Object.fromEntries(form.layers.map((layer) => [layer.past, results[layer.present]!]));
    },
  };
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

  feeds(length: number): Record<string, Tensor> {
    return this.current.feeds(length);
  }

  fetches(): Record<string, Tensor | null> {
    return this.current.fetches();
  }

  store(results: Readonly<Record<string, Tensor>>): void {
    this.current.store(results);
  }
}
