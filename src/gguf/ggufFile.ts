import { type FileHandle, open } from 'node:fs/promises';
import { causeOf, fileTrouble, UserError } from '../errors.ts';
import { BLOCK_KINDS, type BlockKind } from './blocks.ts';

/** A tensor of a file: rows of blocks. */
export interface GgufTensor {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly kind: BlockKind;
  /** Where its bytes begin in the file, and the bytes of a row. */
  readonly offset: number;
  readonly rowBytes: number;
}

/** More dimensions than a matrix has, or more columns, are not those of a language model. */
const MOST_SIDE = 2 ** 26;
/** The file begins with these bytes. */
const MAGIC = 'GGUF';
/** A header is read within this time, in milliseconds; one that leads nowhere would be read for ever. */
const HEADER_MILLIS = 60_000;

/** A GGUF file whose header was read; weights are read row by row. */
export class GgufFile {
  private constructor(
    readonly file: string,
    readonly bytes: number,
    /** The header's values by their keys. */
    readonly facts: ReadonlyMap<string, unknown>,
    readonly tensors: ReadonlyMap<string, GgufTensor>,
    private readonly handle: FileHandle,
  ) {}

  /** @throws UserError `model-missing`, `model-unreadable`, `model-broken` or `model-unsupported`, naming the file. */
  static async open(file: string): Promise<GgufFile> {
    const handle = await open(file).catch((error: unknown) => {
      throw new UserError('model-unreadable', fileTrouble(error, file, 'read'), { cause: error });
    });
    try {
      const bytes = (await handle.stat()).size;
      await requireMagic(handle, file);
      const { metadata, tensorInfos, tensorDataOffset } = await headerOf(file);
      const start = Number(tensorDataOffset);
      const tensors = tensorInfos.map((info) => tensorOf(info, start, file));
      const short = tensors.find(({ offset, rows, rowBytes }) => offset + rows * rowBytes > bytes);
      if (short) throw broken(file, `it ends before ${short.name || 'its header'} does`);
      return new GgufFile(
        file,
        bytes,
        new Map(Object.entries(metadata)),
        new Map(tensors.map((tensor) => [tensor.name, tensor])),
        handle,
      );
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @throws UserError `model-unsupported` where the file has no such tensor. */
  tensor(name: string): GgufTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw unsupported(this.file, `it has no tensor ${name}`);
    return tensor;
  }

  /** The bytes of some rows of a tensor. @throws UserError `model-broken` where the file became shorter. */
  async rows({ offset, rowBytes }: GgufTensor, from: number, count: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(count * rowBytes);
    for (let at = 0; at < buffer.length; ) {
      const place = offset + from * rowBytes + at;
      const { bytesRead } = await this.handle.read(buffer, at, buffer.length - at, place);
      if (bytesRead === 0) throw broken(this.file, 'it became shorter while it was read');
      at += bytesRead;
    }
    return buffer;
  }

  /** A small tensor in full, as numbers. */
  async numbers(name: string): Promise<Float32Array> {
    const tensor = this.tensor(name);
    return floatsOf(tensor, await this.rows(tensor, 0, tensor.rows));
  }

  /** A number of the header; `fallback` where it has none. @throws UserError `model-unsupported` without either. */
  number(key: string, fallback?: number): number {
    const value = this.facts.get(key) ?? fallback;
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw unsupported(this.file, `its header has no number ${key}`);
  }

  /** A text of the header. */
  text(key: string): string | undefined {
    const value = this.facts.get(key);
    return typeof value === 'string' ? value : undefined;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** What rows stand for. @param bytes whole rows of the tensor */
export function floatsOf({ kind, columns, rowBytes }: GgufTensor, bytes: Buffer): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array((bytes.length / rowBytes) * columns);
  const blocks = bytes.length / kind.bytes;
  for (let i = 0; i < blocks; i++) kind.read(view, i * kind.bytes, out, i * kind.weights);
  return out;
}

export function unsupported(file: string, detail: string): UserError {
  return new UserError(
    'model-unsupported',
    `${file} cannot be used: ${detail}. Take a model of the Llama family in a usual format, Q4_K_M or Q8_0 say.`,
  );
}

export function broken(file: string, detail: string, cause?: unknown): UserError {
  return new UserError(
    'model-broken',
    `${file} cannot be used: ${detail}. It may be truncated or no GGUF file: copy or download it again.`,
    { cause },
  );
}

async function requireMagic(handle: FileHandle, file: string): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0).catch((error: unknown) => {
    // A folder can be opened on some systems, and not read.
    throw new UserError('model-unreadable', fileTrouble(error, file, 'read'), { cause: error });
  });
  if (bytesRead < 4 || buffer.toString('latin1') !== MAGIC) throw broken(file, 'it does not begin as one');
}

async function headerOf(file: string) {
  // Named only here: the library is needed by few, and large.
  const { gguf } = await import('@huggingface/gguf');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('its header has no end')), HEADER_MILLIS);
  });
  try {
    return await Promise.race([gguf(file, { allowLocalFile: true }), late]);
  } catch (error) {
    throw broken(file, `its header cannot be read (${causeOf(error)})`, error);
  } finally {
    clearTimeout(timer);
  }
}

interface TensorInfo {
  readonly name: string;
  readonly shape: readonly bigint[];
  readonly dtype: number;
  readonly offset: bigint;
}

function tensorOf({ name, shape, dtype, offset }: TensorInfo, start: number, file: string): GgufTensor {
  const kind = BLOCK_KINDS.get(dtype);
  if (!kind)
    throw unsupported(file, `${name} is in a format (number ${dtype} of ggml) that is not read here`);
  const [columns = 1, ...others] = shape.map(Number);
  const rows = others.reduce((a, b) => a * b, 1);
  if (others.length > 2 || !(columns > 0 && columns < MOST_SIDE) || !(rows > 0 && rows < MOST_SIDE)) {
    throw broken(file, `${name} has an impossible shape`);
  }
  if (columns % kind.weights !== 0) throw broken(file, `${name} has rows of broken blocks`);
  const rowBytes = (columns / kind.weights) * kind.bytes;
  return { name, rows, columns, kind, offset: start + Number(offset), rowBytes };
}
