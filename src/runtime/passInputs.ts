import type { Tensor } from 'onnxruntime-node';
import type { GraphForm } from './graph.ts';
import type { OrtModule } from './onnx.ts';

/** Most rows whose tensors are kept; wider passes are so long that making theirs does not count. */
const MOST_KEPT = 64;

/**
 * The inputs of passes other than what is carried from one to the next. Tensors are used again from pass to pass: what is given
 * out is valid until the next call.
 */
export class PassInputs {
  private readonly ids: Integers;
  private readonly positions: Integers;
  private readonly keep: Integers;
  private readonly lastPosition = Int32Array.of(0);
  private readonly total = Int32Array.of(0);
  private readonly mask: Mask | undefined;
  private readonly fixed: Record<string, Tensor> = {};

  constructor(ort: OrtModule, { inputs }: GraphForm) {
    const integers = (name: string) =>
      inputs.get(name)?.type === 'int32' ? new ShortIntegers(ort) : new LongIntegers(ort);
    this.ids = integers('input_ids');
    this.positions = integers('position_ids');
    this.keep = integers('num_logits_to_keep');
    this.hasPositions = inputs.has('position_ids');
    const mask = inputs.get('attention_mask');
    this.mask = mask && new Mask(ort, mask.type as keyof typeof ONES);
    // One text: one number, whatever the sides.
    const sides = (name: string) => new Array<number>(inputs.get(name)?.rank ?? 0).fill(1);
    if (inputs.has('seqlens_k')) {
      this.fixed.seqlens_k = new ort.Tensor('int32', this.lastPosition, sides('seqlens_k'));
    }
    if (inputs.has('total_sequence_length')) {
      this.fixed.total_sequence_length = new ort.Tensor('int32', this.total, sides('total_sequence_length'));
    }
    if (inputs.has('num_logits_to_keep')) {
      this.fixed.num_logits_to_keep = this.keep.single(sides('num_logits_to_keep'));
    }
    // A merged graph holds two, for the beginning of a text and for what goes on. The second does both, behind nothing at first, so
    // that numbers cannot depend on where a pass begins; one that takes a single row at a time is found out by the model's trial.
    if (inputs.has('use_cache_branch')) {
      this.fixed.use_cache_branch = new ort.Tensor('bool', Uint8Array.of(1), sides('use_cache_branch'));
    }
  }

  private readonly hasPositions: boolean;

  /**
   * `block` at positions `past` and after, its last token repeated up to `rows`.
   * @param keep rows of logits to compute, from the end, where the graph can leave the others out.
   */
  at(block: readonly number[], rows: number, past: number, keep = rows): Record<string, Tensor> {
    const total = past + rows;
    this.lastPosition[0] = total - 1;
    this.total[0] = total;
    this.keep.set(0, keep);
    const feeds: Record<string, Tensor> = { ...this.fixed, input_ids: this.ids.tensor(rows) };
    for (let i = 0; i < rows; i++) this.ids.set(i, block[Math.min(i, block.length - 1)]!);
    if (this.mask) feeds.attention_mask = this.mask.ones(total);
    if (this.hasPositions) {
      feeds.position_ids = this.positions.tensor(rows);
      for (let i = 0; i < rows; i++) this.positions.set(i, past + i);
    }
    return feeds;
  }
}

/** A row of whole numbers that grows, and the tensors on it. */
interface Integers {
  /** @param value ≥ 0 */
  set(at: number, value: number): void;
  /** A tensor of one number. */
  single(dims: readonly number[]): Tensor;
  /** A tensor [1, length] on the numbers, which are set afterwards. */
  tensor(length: number): Tensor;
}

/** Numbers of 32 bits. */
class ShortIntegers implements Integers {
  private values = new Int32Array(1);

  constructor(private readonly ort: OrtModule) {}

  set(at: number, value: number): void {
    this.values[at] = value;
  }

  single(dims: readonly number[]): Tensor {
    return new this.ort.Tensor('int32', this.values, dims);
  }

  tensor(length: number): Tensor {
    if (length > this.values.length) this.values = new Int32Array(2 * length);
    return new this.ort.Tensor('int32', this.values.subarray(0, length), [1, length]);
  }
}

/** Numbers of 64 bits, written as their lower words so that no bigint is made for each. */
class LongIntegers implements Integers {
  private values = new BigInt64Array(1);
  private words = new Int32Array(this.values.buffer);
  private readonly tensors = new Map<number, Tensor>();

  constructor(private readonly ort: OrtModule) {}

  /** All machines that ONNX Runtime is built for put the lower word first. */
  set(at: number, value: number): void {
    this.words[2 * at] = value;
  }

  single(dims: readonly number[]): Tensor {
    return new this.ort.Tensor('int64', this.values, dims);
  }

  tensor(length: number): Tensor {
    if (length > this.values.length) {
      this.values = new BigInt64Array(2 * length);
      this.words = new Int32Array(this.values.buffer);
      this.tensors.clear();
    }
    let tensor = this.tensors.get(length);
    if (!tensor) {
      tensor = new this.ort.Tensor('int64', this.values.subarray(0, length), [1, length]);
      if (length <= MOST_KEPT) this.tensors.set(length, tensor);
    }
    return tensor;
  }
}

const ONES = {
  int64: (length: number) => new BigInt64Array(length).fill(1n),
  int32: (length: number) => new Int32Array(length).fill(1),
  float32: (length: number) => new Float32Array(length).fill(1),
} as const;

/** Attention masks of ones: views of one buffer, since filling a new one takes as long as many operators. */
class Mask {
  private values: BigInt64Array | Int32Array | Float32Array;

  constructor(
    private readonly ort: OrtModule,
    private readonly type: keyof typeof ONES,
  ) {
    this.values = ONES[type](0);
  }

  /** A tensor [1, length]. */
  ones(length: number): Tensor {
    if (this.values.length < length) this.values = ONES[this.type](2 * length);
    return new this.ort.Tensor(this.type, this.values.subarray(0, length) as never, [1, length]);
  }
}
