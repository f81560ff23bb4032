import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What is looked for in a graph before it is loaded. */
export interface GraphFacts {
  /** The files that it says its weights lie in, as they stand there. */
  readonly weightFiles: Set<string>;
  /** The sliding windows that its attention keeps by itself, in tokens. */
  readonly windows: Set<number>;
}

/** Which fields of onnx.proto lead to tensors and attributes, by the message that they are in. */
const INSIDE: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
};
/** Graphs in graphs; a file that has more wants to overflow a stack. */
const MOST_DEPTH = 60;
/** Bytes of a number at most, and those that are read at a time from a file. */
const NUMBER = 10;
const WINDOW = 65_536;
/** -1 is written as a number of 64 bits. */
const MOST_WINDOW = 1e9;

/** Bytes that are looked at here and there. */
interface Source {
  readonly length: number;
  /** At least the asked bytes, or all that there are. */
  at(from: number, count: number): Uint8Array;
}

/**
 * Look through a graph for what must be known before it is loaded. Only what leads there is read: a large file has all but a
 * few kilobytes of it in weights.
 * @param graph its bytes, or the file that holds it. @throws Error for what is no graph.
 */
export function scanGraph(graph: Uint8Array | string): GraphFacts {
  const facts: GraphFacts = { weightFiles: new Set(), windows: new Set() };
  if (typeof graph !== 'string') {
    walk({ length: graph.length, at: (from, count) => graph.subarray(from, from + count) }, facts);
    return facts;
  }
  const handle = openSync(graph, 'r');
  try {
    walk(fileSource(handle), facts);
  } finally {
    closeSync(handle);
  }
  return facts;
}

function fileSource(handle: number): Source {
  let start = 0;
  let held = new Uint8Array(0);
  return {
    length: fstatSync(handle).size,
    at(from, count) {
      if (from < start || from + count > start + held.length) {
        const buffer = new Uint8Array(Math.max(count, WINDOW));
        held = buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, from));
        start = from;
      }
      return held.subarray(from - start, from - start + count);
    },
  };
}

function walk(source: Source, facts: GraphFacts): void {
  inMessage(source, 'model', 0, source.length, 0, facts);
}

function inMessage(
  source: Source,
  kind: string,
  from: number,
  end: number,
  depth: number,
  facts: GraphFacts,
): void {
  if (depth > MOST_DEPTH) throw new Error('it nests too deep');
  if (kind === 'attribute') window(source, from, end, facts);
  for (let at = from; at < end; ) {
    const tag = number(source, at, end);
    const body = bodyOf(source, tag.value % 8, tag.next, end);
    const inner = INSIDE[kind]?.[Math.floor(tag.value / 8)];
    if (inner === 'entry') location(source, body.from, body.next, facts);
    else if (inner && tag.value % 8 === 2) inMessage(source, inner, body.from, body.next, depth + 1, facts);
    at = body.next;
  }
}

/** Where what a field holds begins, and where the next field does. @param wire how it is written */
function bodyOf(source: Source, wire: number, at: number, end: number): { from: number; next: number } {
  let body: { from: number; next: number };
  if (wire === 0) body = { from: at, next: number(source, at, end).next };
  else if (wire === 1) body = { from: at, next: at + 8 };
  else if (wire === 5) body = { from: at, next: at + 4 };
  else if (wire === 2) {
    const size = number(source, at, end);
    body = { from: size.next, next: size.next + size.value };
  } else throw new Error('it is no graph');
  if (body.next > end) throw new Error('it ends too early');
  return body;
}

/** An entry of `external_data`: a key and a value. */
function location(source: Source, from: number, end: number, { weightFiles }: GraphFacts): void {
  const { texts } = plainFields(source, from, end);
  if (texts.get(1) === 'location') weightFiles.add(texts.get(2) ?? '');
}

/** An attribute of an operator of attention that says how far back it looks; -1 is without an end. */
function window(source: Source, from: number, end: number, { windows }: GraphFacts): void {
  const { texts, numbers } = plainFields(source, from, end);
  const length = numbers.get(3) ?? 0;
  if (texts.get(1) === 'local_window_size' && length > 0 && length <= MOST_WINDOW) windows.add(length);
}

/** The texts and whole numbers that stand in a message, by the numbers of their fields. */
function plainFields(source: Source, from: number, end: number) {
  const texts = new Map<number, string>();
  const numbers = new Map<number, number>();
  for (let at = from; at < end; ) {
    const tag = number(source, at, end);
    const wire = tag.value % 8;
    const body = bodyOf(source, wire, tag.next, end);
    const name = Math.floor(tag.value / 8);
    const size = body.next - body.from;
    if (wire === 0) numbers.set(name, number(source, body.from, end).value);
    // Of both messages the texts are the first two fields; what is longer is no path.
    if (wire === 2 && name <= 2 && size <= WINDOW) {
      texts.set(name, Buffer.from(source.at(body.from, size)).toString('utf8'));
    }
    at = body.next;
  }
  return { texts, numbers };
}

function number(source: Source, at: number, end: number): { value: number; next: number } {
  const bytes = source.at(at, Math.min(NUMBER, end - at));
  let value = 0;
  for (let i = 0; i < bytes.length; i++) {
    value += (bytes[i]! & 127) * 2 ** (7 * i);
    if (bytes[i]! < 128) return { value, next: at + i + 1 };
  }
  throw new Error('it ends too early');
}
