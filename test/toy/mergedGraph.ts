/**
 * Graphs as older exporters merge them: one for the beginning of a text and one for what goes on behind keys and values, in the two
 * branches of an `If` on the input `use_cache_branch`, the weights beside it.
 */

interface Field {
  readonly number: number;
  readonly wire: number;
  /** All of it, and what stands in it. */
  readonly bytes: Buffer;
  readonly body: Buffer;
}

/** Numbers of fields of onnx.proto. */
const MODEL = { graph: 7 };
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, operator: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, graph: 6, type: 20 };
const TYPE_GRAPH = 5;
const BOOL = 9;

/**
 * @param graph of keys and values that are put together. @param cached what the branch that goes on can do: `rows` as many at once as
 * asked for, or `row` one at a time, as where it was traced with one: its rows see each other then, whichever comes first.
 */
export function mergedGraph(graph: Uint8Array, cached: 'rows' | 'row' = 'rows'): Buffer {
  const fields = fieldsOf(Buffer.from(graph));
  const whole = fieldsOf(fields.find(({ number }) => number === MODEL.graph)!.body);
  const of = (number: number) => whole.filter((field) => field.number === number);
  const nodes = of(GRAPH.node);
  const outputs = of(GRAPH.output);
  const branch = (each: readonly Buffer[]) =>
    Buffer.concat([...each, text(GRAPH.name, 'branch'), ...outputs.map(({ bytes }) => bytes)]);
  const goingOn = branch(nodes.map((node) => (cached === 'row' ? unmasked(node) : node.bytes)));
  const choice = Buffer.concat([
    text(NODE.input, 'use_cache_branch'),
    ...outputs.map(({ body }) => text(NODE.output, nameOf(body))),
    text(NODE.operator, 'If'),
    part(NODE.attribute, graphAttribute('then_branch', goingOn)),
    part(NODE.attribute, graphAttribute('else_branch', branch(nodes.map(withoutPast)))),
  ]);
  const merged = Buffer.concat([
    part(GRAPH.node, choice),
    text(GRAPH.name, 'merged'),
    ...of(GRAPH.initializer).map(({ bytes }) => bytes),
    ...of(GRAPH.input).map(({ bytes }) => bytes),
    part(GRAPH.input, Buffer.concat([text(1, 'use_cache_branch'), part(2, part(1, boolOfOne()))])),
    ...outputs.map(({ bytes }) => bytes),
  ]);
  const rest = fields.filter(({ number }) => number !== MODEL.graph).map(({ bytes }) => bytes);
  return Buffer.concat([...rest, part(MODEL.graph, merged)]);
}

/** A node that puts keys or values together, without those before; any other as it is. */
function withoutPast(node: Field): Buffer {
  const fields = fieldsOf(node.body);
  const inputs = textsOf(fields, NODE.input);
  if (textsOf(fields, NODE.operator)[0] !== 'Concat' || !inputs[0]?.startsWith('past_key_values'))
    return node.bytes;
  const outputs = textsOf(fields, NODE.output).map((name) => text(NODE.output, name));
  return part(
    GRAPH.node,
    Buffer.concat([text(NODE.input, inputs[1]!), ...outputs, text(NODE.operator, 'Identity')]),
  );
}

/** The comparison that hides what comes later, with all shown: of one row nothing is to be hidden. */
function unmasked(node: Field): Buffer {
  const fields = fieldsOf(node.body);
  if (textsOf(fields, NODE.operator)[0] !== 'LessOrEqual') return node.bytes;
  const [columns] = textsOf(fields, NODE.input);
  const kept = fields.filter(({ number }) => number !== NODE.input).map(({ bytes }) => bytes);
  return part(GRAPH.node, Buffer.concat([text(NODE.input, columns!), text(NODE.input, columns!), ...kept]));
}

function graphAttribute(name: string, graph: Buffer): Buffer {
  const type = Buffer.concat([varint(ATTRIBUTE.type * 8), varint(TYPE_GRAPH)]);
  return Buffer.concat([text(ATTRIBUTE.name, name), part(ATTRIBUTE.graph, graph), type]);
}

/** A tensor type: bool, [1]. */
function boolOfOne(): Buffer {
  const side = part(1, Buffer.concat([varint(8), varint(1)]));
  return Buffer.concat([varint(8), varint(BOOL), part(2, side)]);
}

function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at;
    const tag = readVarint(bytes, at);
    const wire = tag.value % 8;
    const size = wire === 2 ? readVarint(bytes, tag.next) : undefined;
    const start = size?.next ?? tag.next;
    at = size
      ? start + size.value
      : wire === 0
        ? readVarint(bytes, start).next
        : start + (wire === 1 ? 8 : 4);
    fields.push({
      ...{ number: Math.floor(tag.value / 8), wire },
      ...{ bytes: bytes.subarray(from, at), body: bytes.subarray(start, at) },
    });
  }
  return fields;
}

function textsOf(fields: readonly Field[], number: number): string[] {
  return fields.filter((field) => field.number === number).map(({ body }) => body.toString());
}

const nameOf = (value: Buffer) => textsOf(fieldsOf(value), 1)[0]!;

function part(number: number, body: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
}

const text = (number: number, value: string) => part(number, Buffer.from(value));

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function readVarint(bytes: Buffer, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let i = 0; ; i++) {
    value += (bytes[at + i]! & 127) * 2 ** (7 * i);
    if (bytes[at + i]! < 128) return { value, next: at + i + 1 };
  }
}
