import protobuf from 'protobufjs/light';

/** Types of elements by their numbers in onnx.proto. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;
export type Element = keyof typeof ELEMENT;

/** Types of attributes by their numbers in onnx.proto. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** An attribute of a node: a whole number, a list of them, a text, or with `float` a number with a fraction. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A TensorProto. */
export interface TensorMessage {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly KeyValue[];
  readonly dataLocation?: number;
}

/** A NodeProto. */
export interface NodeMessage {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly object[];
}

/** A GraphProto; values are messages of {@link valueMessage}. */
export interface GraphMessage {
  readonly name: string;
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly input: readonly object[];
  readonly output: readonly object[];
}

type FieldRow = readonly [name: string, id: number, type: string, rule?: 'repeated'];

/** Those fields of the messages of onnx.proto3 that are written here, with their numbers there. */
const MESSAGES: Readonly<Record<string, readonly FieldRow[]>> = {
  KeyValue: [
    ['key', 1, 'string'],
    ['value', 2, 'string'],
  ],
  Tensor: [
    ['dims', 1, 'int64', 'repeated'],
    ['dataType', 2, 'int32'],
    ['name', 8, 'string'],
    ['rawData', 9, 'bytes'],
    ['externalData', 13, 'KeyValue', 'repeated'],
    ['dataLocation', 14, 'int32'],
  ],
  Attribute: [
    ['name', 1, 'string'],
    ['f', 2, 'float'],
    ['i', 3, 'int64'],
    ['s', 4, 'bytes'],
    ['t', 5, 'Tensor'],
    ['ints', 8, 'int64', 'repeated'],
    ['type', 20, 'int32'],
  ],
  Node: [
    ['input', 1, 'string', 'repeated'],
    ['output', 2, 'string', 'repeated'],
    ['name', 3, 'string'],
    ['opType', 4, 'string'],
    ['attribute', 5, 'Attribute', 'repeated'],
    ['domain', 7, 'string'],
  ],
  Dimension: [
    ['dimValue', 1, 'int64'],
    ['dimParam', 2, 'string'],
  ],
  Shape: [['dim', 1, 'Dimension', 'repeated']],
  TensorType: [
    ['elemType', 1, 'int32'],
    ['shape', 2, 'Shape'],
  ],
  Type: [['tensorType', 1, 'TensorType']],
  Value: [
    ['name', 1, 'string'],
    ['type', 2, 'Type'],
  ],
  Graph: [
    ['node', 1, 'Node', 'repeated'],
    ['name', 2, 'string'],
    ['initializer', 5, 'Tensor', 'repeated'],
    ['input', 11, 'Value', 'repeated'],
    ['output', 12, 'Value', 'repeated'],
  ],
  OperatorSet: [
    ['domain', 1, 'string'],
    ['version', 2, 'int64'],
  ],
  Model: [
    ['irVersion', 1, 'int64'],
    ['producerName', 2, 'string'],
    ['graph', 7, 'Graph'],
    ['opsetImport', 8, 'OperatorSet', 'repeated'],
  ],
};

const root = new protobuf.Root();
for (const [message, fields] of Object.entries(MESSAGES)) {
  const type = new protobuf.Type(message);
  for (const [name, id, kind, rule] of fields) type.add(new protobuf.Field(name, id, kind, rule));
  root.add(type);
}

/** Sets of operators that graphs may use, with their versions. */
export type Operators = Readonly<Record<string, number>>;

/** The bytes of a model file. @param irVersion of the file format */
export function modelBytes(graph: GraphMessage, operators: Operators, irVersion: number): Uint8Array {
  const model = root.lookupType('Model');
  const opsetImport = Object.entries(operators).map(([domain, version]) => ({ domain, version }));
  const message = { irVersion, producerName: 'slipstream', graph, opsetImport };
  return model.encode(model.create(message)).finish();
}

/** A ValueInfoProto: an input or output; dimensions that are not fixed have names. */
export function valueMessage(name: string, element: Element, dims: readonly (number | string)[]): object {
  const dim = dims.map((each) => (typeof each === 'number' ? { dimValue: each } : { dimParam: each }));
  return { name, type: { tensorType: { elemType: ELEMENT[element], shape: { dim } } } };
}

/** An AttributeProto. */
export function attributeMessage(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int };
  if (typeof value === 'string') return { name, s: Buffer.from(value), type: ATTRIBUTE.string };
  if ('float' in value) return { name, f: value.float, type: ATTRIBUTE.float };
  return { name, ints: value, type: ATTRIBUTE.ints };
}
