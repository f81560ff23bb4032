import { existsSync, readdirSync, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileTrouble, UserError } from '../errors.ts';

/** Of a larger file the second copy in memory, while it is loaded, would be too much. */
const MOST_BYTES = 2 ** 30;

/**
 * The bytes of a graph behind some others, read from the files that hold it one after the other; undefined for one large
 * file, which the runtime had better read by itself.
 * @throws UserError `model-unreadable` that names the file.
 */
export async function readWeights(places: readonly string[], front: Uint8Array): Promise<Buffer | undefined> {
  const sizes = await Promise.all(places.map((place) => named(place, async () => (await stat(place)).size)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (places.length === 1 && bytes > MOST_BYTES) return undefined;
  const graph = Buffer.allocUnsafe(front.length + bytes);
  graph.set(front);
  let at = front.length;
  for (const [i, place] of places.entries()) {
    await named(place, () => readInto(graph.subarray(at, at + sizes[i]!), place));
    at += sizes[i]!;
  }
  return graph;
}

async function readInto(buffer: Buffer, file: string): Promise<void> {
  const handle = await open(file);
  try {
    for (let at = 0; at < buffer.length; ) {
      const { bytesRead } = await handle.read(buffer, at, buffer.length - at, at);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

async function named<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UserError('model-unreadable', fileTrouble(error, file, 'read'), { cause: error });
  }
}

/** A file with weights. */
export interface WeightFile {
  readonly file: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** The files of a graph that are on the disk: itself or its parts, and the weights that lie beside it; none where the folder is not there. */
export function weightFiles(graph: string): WeightFile[] {
  const folder = path.dirname(graph);
  const base = path.basename(graph);
  const belongs = (name: string) =>
    name.startsWith(base) && /^(\.part\d+|[._]data.*)?$/.test(name.slice(base.length));
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter(belongs)
    .sort()
    .map((name) => {
      const file = path.join(folder, name);
      const { size, mtimeMs } = statSync(file);
      return { file, bytes: size, modified: mtimeMs };
    });
}
