import {
  leastPassMillis,
  type MachineSpeed,
  type PassTimes,
  type PassWork,
} from '../../engine/policy/costs.ts';

/** How near passes are to what the machine could do at best. */
export interface Bound {
  /** Gigabytes a second from memory, and thousand millions of 8 bit products a second, as measured. */
  readonly readGBps: number;
  readonly gigaProducts: number;
  /** Megabytes that a pass reads, and millions of products that a row takes. */
  readonly megabytes: number;
  readonly megaProducts: number;
  /** The least that a pass of each width can take, in milliseconds. */
  readonly millis: readonly number[];
  /** Measured over least time, as `millis` of the table: `over[context][width]`. */
  readonly over: readonly (readonly number[])[];
}

/** Bytes of a weight by what the file's name says of the export; a byte where it says nothing. */
const BYTES_PER_WEIGHT: readonly [RegExp, number][] = [
  [/(q4|bnb4)/, 0.5],
  [/(q8|quantized|int8)/, 1],
  [/fp16/, 2],
  [/^model\.onnx$/, 4],
];

/** What a pass has to do at least. @param graph file name of the graph @param bytes of all its weights */
export function workOf(graph: string, bytes: number): PassWork {
  const [, each] = BYTES_PER_WEIGHT.find(([name]) => name.test(graph)) ?? [graph, 1];
  return { bytes, weights: bytes / each };
}

/** The table of a target's passes beside what the machine allows. */
export function boundOf({ widths, millis }: PassTimes, work: PassWork, machine: MachineSpeed): Bound {
  const least = widths.map((width) => leastPassMillis(work, machine, width));
  return {
    readGBps: machine.bytesPerMilli / 1e6,
    gigaProducts: machine.productsPerMilli / 1e6,
    megabytes: work.bytes / 1e6,
    megaProducts: work.weights / 1e6,
    millis: least,
    over: millis.map((row) => row.map((each, i) => each / least[i]!)),
  };
}
