import type { Tensor } from 'onnxruntime-node';
import type { GraphForm } from './graph.ts';
import type { OrtModule } from './onnx.ts';

/** Most rows whose tensors are kept; wider passes are so long that making theirs does not count. */
const MOST_KEPT = 64;

/**
 * The inputs of passes other than past keys and values. Tensors are used again from pass to pass: what is given out is
 * valid until the next call.
 */
export class PassInputs {
  private readonly ids: Integers;
  private readonly positions: Integers;
  private readonly keep: Integers;
  private readonly lastPosition = Int32Array.of(0);
  private readonly total = Int32Array.of(0);
  private readonly fixed: Record<string, Tensor> = {};

  constructor(
    private readonly ort: OrtModule,
    private readonly form: GraphForm,
  ) {
    this.ids = new Integers(ort);
    this.positions = new Integers(ort);
    this.keep = new Integers(ort);
    const { inputs } = form;
    if (inputs.has('seqlens_k')) this.fixed.seqlens_k = new ort.Tensor('int32', this.lastPosition, [1]);
    if (inputs.has('total_sequence_length')) {
      this.fixed.total_sequence_length = new ort.Tensor('int32', this.total, [1]);
    }
    if (inputs.has('num_logits_to_keep')) this.fixed.num_logits_to_keep = this.keep.scalar();
  }

  /**
   * `block` at positions `past` and after, its last token repeated up to `rows`.
   * @param keep rows of logits to compute, from the end, where the graph can leave the others out.
   */
  at(block: readonly number[], rows: number, past: number, keep = rows): Record<string, Tensor> {
    const { inputs } = this.form;
    const total = past + rows;
    this.lastPosition[0] = total - 1;
    this.total[0] = total;
    this.keep.set(0, keep);
    const feeds: Record<string, Tensor> = { ...this.fixed, input_ids: this.ids.tensor(rows) };
    for (let i = 0; i < rows; i++) this.ids.set(i, block[Math.min(i, block.length - 1)]!);
    if (inputs.has('attention_mask')) {
      feeds.attention_mask = new this.ort.Tensor('int64', ones(total), [1, total]);
    }
    if (inputs.has('position_ids')) {
      feeds.position_ids = this.positions.tensor(rows);
      for (let i = 0; i < rows; i++) this.positions.set(i, past + i);
    }
    return feeds;
  }
}

/** A row of 64-bit integers, written as the lower words of its numbers so that no bigint is made for each. */
class Integers {
  private values = new BigInt64Array(1);
  private words = new Int32Array(this.values.buffer);
  private readonly tensors = new Map<number, Tensor>();

  constructor(private readonly ort: OrtModule) {}

  /** @param value ≥ 0. All machines that ONNX Runtime is built for put the lower word first. */
  set(at: number, value: number): void {
    this.words[2 * at] = value;
  }

  scalar(): Tensor {
    return new this.ort.Tensor('int64', this.values, []);
  }

  /** A tensor [1, length] on the numbers, which are set afterwards. */
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

let mask = new BigInt64Array(0);

/** An attention mask of `length` ones: a view of one buffer, since filling a new one takes as long as many operators. */
function ones(length: number): BigInt64Array {
  if (mask.length < length) mask = new BigInt64Array(2 * length).fill(1n);
  return mask.subarray(0, length);
}
