import type { FileHandle } from 'node:fs/promises';
import type { GraphBuilder } from '../graphs/graphBuilder.ts';
import type { Element } from '../graphs/onnxFile.ts';
import { type Bits, codeRows, codingOf } from './codes.ts';
import type { GgufFile, GgufTensor } from './ggufFile.ts';

/** Bytes of a file that are read and coded at once. */
const CHUNK = 4 * 2 ** 20;
/** Regions begin at whole pages, so that a system can map them. */
const PAGE = 4096;

/** A tensor that goes into a matrix, and in which order its rows. */
export interface Source {
  readonly tensor: GgufTensor;
  readonly order?: Int32Array | undefined;
}

/** A matrix whose codes and scales were written. */
export interface WrittenMatrix {
  readonly codes: string;
  readonly scales: string;
  readonly rows: number;
  readonly columns: number;
  readonly bits: Bits;
  readonly block: number;
}

/** Writes weights to a file beside the graph as they are read, so that no more than a few megabytes are held. */
export class WeightWriter {
  private at = 0;

  constructor(
    private readonly gguf: GgufFile,
    private readonly graph: GraphBuilder,
    private readonly handle: FileHandle,
    /** The file's name, as the graph has it. */
    private readonly location: string,
    /** Told of every piece of the GGUF file that has been taken, in bytes. */
    private readonly onRead: (bytes: number) => void,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Write a matrix that is made of tensors one below the other, in 8 bits, or in 4 where that is exact.
   * @param bits 8 where it must not be 4.
   */
  async matrix(name: string, sources: readonly Source[], bits?: 8): Promise<WrittenMatrix> {
    const tensors = sources.map(({ tensor }) => tensor);
    const coding = codingOf(tensors);
    const coded = { block: coding.block, bits: bits ?? coding.bits };
    const columns = tensors[0]!.columns;
    const rows = tensors.reduce((sum, tensor) => sum + tensor.rows, 0);
    const scales = new Float32Array((rows * columns) / coded.block);
    const from = this.begin();
    let done = 0;
    for (const source of sources) {
      for await (const bytes of this.piecesOf(source)) {
        const piece = codeRows(source.tensor, bytes, coded.bits, coded.block);
        scales.set(piece.scales, done);
        done += piece.scales.length;
        await this.append(piece.codes);
      }
    }
    const codes = this.describe(`${name}_codes`, 'uint8', from, [
      rows,
      columns / coded.block,
      (coded.block * coded.bits) / 8,
    ]);
    const start = this.begin();
    await this.append(new Uint8Array(scales.buffer));
    return {
      codes,
      scales: this.describe(`${name}_scales`, 'float', start, [scales.length]),
      rows,
      columns,
      ...coded,
    };
  }

  /** Whole rows of a tensor, in their order, some at a time. */
  private async *piecesOf({ tensor, order }: Source): AsyncGenerator<Buffer> {
    const { rows, rowBytes } = tensor;
    // Rows of another order are gathered from all of them; only query and key matrices are.
    const most = order ? rows : Math.max(1, Math.floor(CHUNK / rowBytes));
    for (let row = 0; row < rows; row += most) {
      this.signal.throwIfAborted();
      const count = Math.min(most, rows - row);
      const bytes = await this.gguf.rows(tensor, row, count);
      this.onRead(bytes.length);
      yield order ? inOrder(bytes, rowBytes, order) : bytes;
    }
  }

  private begin(): number {
    this.at = Math.ceil(this.at / PAGE) * PAGE;
    return this.at;
  }

  private async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, this.at + done);
      done += bytesWritten;
    }
    this.at += bytes.length;
  }

  private describe(name: string, element: Element, offset: number, dims: readonly number[]): string {
    return this.graph.external(name, element, dims, {
      location: this.location,
      offset,
      length: this.at - offset,
    });
  }
}

function inOrder(bytes: Buffer, rowBytes: number, order: Int32Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (const [to, from] of order.entries())
    bytes.copy(out, to * rowBytes, from * rowBytes, (from + 1) * rowBytes);
  return out;
}

/**
 * The order that undoes what converters to GGUF do to the rows of query and key matrices: neighbouring pairs of a head
 * (2i, 2i + 1) go to its halves (i, i + size / 2), where the runtime's rotary turn expects them.
 */
export function halvesOrder(heads: number, headSize: number): Int32Array {
  const middle = headSize / 2;
  return Int32Array.from({ length: heads * headSize }, (_, row) => {
    const head = Math.floor(row / headSize);
    const inner = row % headSize;
    return head * headSize + 2 * (inner % middle) + (inner < middle ? 0 : 1);
  });
}
