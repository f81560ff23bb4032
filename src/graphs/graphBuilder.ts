// This folder: writes ONNX graphs: their messages (`onnxFile.ts`), and a builder that names nodes.

import {
  type Attribute,
  attributeMessage,
  ELEMENT,
  type Element,
  modelBytes,
  type NodeMessage,
  type Operators,
  type TensorMessage,
  valueMessage,
} from './onnxFile.ts';

export const MICROSOFT = 'com.microsoft';

/** Every ONNX Runtime of the last years reads these. */
const IR_VERSION = 8;
const OPERATORS: Operators = { '': 17, [MICROSOFT]: 1 };

/** Where an operator comes from, and its attributes. */
export interface NodeOptions {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Bytes in a file of their own, beside the graph. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Collects nodes and weights of a graph; methods that add something return its name. */
export class GraphBuilder {
  private readonly nodes: NodeMessage[] = [];
  private readonly initializers: TensorMessage[] = [];
  private readonly known = new Set<string>();
  private readonly inputs: object[] = [];
  private readonly outputs: object[] = [];

  input(name: string, element: Element, dims: readonly (number | string)[]): string {
    this.inputs.push(valueMessage(name, element, dims));
    return name;
  }

  output(name: string, element: Element, dims: readonly (number | string)[]): string {
    this.outputs.push(valueMessage(name, element, dims));
    return name;
  }

  /** Add a node with one output. @param name of the output; made up without it. */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}, name?: string): string {
    const output = name ?? `${operator}_${this.nodes.length}`;
    this.nodeOf(operator, inputs, [output], options);
    return output;
  }

  /** Add a node with several outputs; an empty name leaves one out. */
  nodeOf(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    { domain = '', attributes = {} }: NodeOptions = {},
  ): void {
    this.nodes.push({
      input: inputs,
      output: outputs,
      name: `n${this.nodes.length}_${operator}`,
      opType: operator,
      domain,
      attribute: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
    });
  }

  /** Add a weight whose bytes stand in the graph. */
  weight(name: string, element: Element, dims: readonly number[], bytes: ArrayBufferView): string {
    if (this.known.has(name)) return name;
    this.known.add(name);
    const rawData = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.initializers.push({ name, dataType: ELEMENT[element], dims, rawData });
    return name;
  }

  /** Add a weight whose bytes stand in another file. */
  external(name: string, element: Element, dims: readonly number[], place: ExternalPlace): string {
    this.known.add(name);
    this.initializers.push({
      name,
      dataType: ELEMENT[element],
      dims,
      externalData: Object.entries(place).map(([key, value]) => ({ key, value: String(value) })),
      dataLocation: 1,
    });
    return name;
  }

  /** A constant of whole numbers; of one alone with `dims` empty a scalar. */
  integers(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `i_${dims.join('x')}_${values.join('_')}`;
    return this.weight(name, 'int64', dims, BigInt64Array.from(values, BigInt));
  }

  /** A scalar with a fraction. */
  number(value: number): string {
    return this.weight(`f_${value}`, 'float', [], Float32Array.of(value));
  }

  /** The bytes of the file. */
  finish(name: string): Uint8Array {
    const graph = {
      name,
      node: this.nodes,
      initializer: this.initializers,
      input: this.inputs,
      output: this.outputs,
    };
    return modelBytes(graph, OPERATORS, IR_VERSION);
  }
}
