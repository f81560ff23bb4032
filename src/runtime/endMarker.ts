import { readFile, stat } from 'node:fs/promises';

/**
 * The Node binding of ONNX Runtime copies every output of a pass into a new ArrayBuffer, also those that it was given a
 * buffer for. Of keys and values that is the whole cache in every pass: as much time as a good part of the pass, and memory
 * that keeps the garbage collector busy. It cannot bring back sequences, though: at the first one it throws, after the
 * pass has run and before anything behind it is copied. So a graph whose first output is an empty sequence ends its
 * passes there, when that output is fetched, and what was computed stands in the buffers that were given.
 */
export const END_MARKER = 'slipstream.end';

/** Of a larger file the second copy in memory, while it is loaded, would be too much. */
const MOST_BYTES = 2 ** 30;

/** A graph with the marker before all its outputs; undefined for a file that is too large. */
export async function withEndMarker(file: string): Promise<Buffer | undefined> {
  if ((await stat(file)).size > MOST_BYTES) return undefined;
  // Protocol buffers that stand one behind the other are read as one message, lists joined in their order.
  return Buffer.concat([marker(), await readFile(file)]);
}

/** Whether a pass ended at the marker, which is no failure. */
export function endedAtMarker(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Non tensor type');
}

/** An ONNX model of one operator, SequenceEmpty, and its output. The numbers are those of fields in onnx.proto. */
function marker(): Buffer {
  const name = Buffer.from(END_MARKER);
  const node = field(1, Buffer.concat([field(2, name), field(4, Buffer.from('SequenceEmpty'))]));
  const float = Buffer.from([1 << 3, 1]);
  const sequence = field(4, field(1, field(1, float)));
  const output = field(12, Buffer.concat([field(1, name), field(2, sequence)]));
  const graph = Buffer.concat([node, output]);
  return field(7, graph);
}

/** A field that holds bytes, fewer than 128. */
function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
}
