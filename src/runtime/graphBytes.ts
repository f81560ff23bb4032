/** Numbers of fields as in onnx.proto, below 16. */
const KIND = { number: 0, bytes: 2 };

/** A field of a protocol buffer that holds bytes, text, or another message, given as its parts. */
export function field(number: number, ...content: readonly (Uint8Array | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((each) => Buffer.from(each)));
  return Buffer.concat([Buffer.from([(number << 3) | KIND.bytes, ...varint(bytes.length)]), bytes]);
}

/** A field that holds a whole number ≥ 0. */
function numberField(number: number, value: number): Buffer {
  return Buffer.from([(number << 3) | KIND.number, ...varint(value)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** Types of elements by their numbers in onnx.proto. */
const ELEMENT = { float: 1, uint8: 2, int8: 3, int32: 6 } as const;
type Element = keyof typeof ELEMENT;

const IR_VERSION = 8;
const OPSET = 17;

/** A model of one operator of the standard set, with inputs `a` and `b` and output `y`, matrices of any size. */
export function productGraph(operator: string, a: Element, b: Element, y: Element): Buffer {
  const value = (name: string, type: Element) =>
    Buffer.concat([field(1, name), field(2, field(1, numberField(1, ELEMENT[type])))]);
  const node = field(1, field(1, 'a'), field(1, 'b'), field(2, 'y'), field(4, operator));
  const name = field(2, operator);
  const graph = field(
    7,
    node,
    name,
    field(11, value('a', a)),
    field(11, value('b', b)),
    field(12, value('y', y)),
  );
  return Buffer.concat([numberField(1, IR_VERSION), graph, field(8, numberField(2, OPSET))]);
}
