import { field } from './graphBytes.ts';

/**
 * The Node binding of ONNX Runtime copies every output of a pass into a new ArrayBuffer, also those that it was given a
 * buffer for. Of keys and values that is the whole cache in every pass: as much time as a good part of the pass, and memory
 * that keeps the garbage collector busy. It cannot bring back sequences, though: at the first one it throws, after the
 * pass has run and before anything behind it is copied. So a graph whose first output is an empty sequence ends its
 * passes there, when that output is fetched, and what was computed stands in the buffers that were given.
 */
export const END_MARKER = 'slipstream.end';

/** Field numbers of onnx.proto. */
const GRAPH = 7;
const NODE = 1;
const OUTPUT = 12;

/** What is to stand before a graph, so that the marker comes before all its outputs. */
export function endMarker(): Buffer {
  // Protocol buffers that stand one behind the other are read as one message, lists joined in their order.
  const name = Buffer.from(END_MARKER);
  const node = field(NODE, field(2, name), field(4, Buffer.from('SequenceEmpty')));
  const sequence = field(4, field(1, field(1, FLOAT)));
  return field(GRAPH, node, field(OUTPUT, field(1, name), field(2, sequence)));
}

/** What is to stand before a graph, so that it also gives some of its inner tensors, floating-point numbers, by their names. */
export function tappedOutputs(names: readonly string[]): Buffer {
  const output = (name: string) => field(OUTPUT, field(1, Buffer.from(name)), field(2, field(1, FLOAT)));
  return names.length === 0 ? Buffer.alloc(0) : field(GRAPH, ...names.map(output));
}

/** Whether a pass ended at the marker, which is no failure. */
export function endedAtMarker(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Non tensor type');
}

/** `elem_type` of a tensor: float. */
const FLOAT = Buffer.from([1 << 3, 1]);
