import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Need, Scores } from '../engine/target.ts';
import type { GraphForm } from './graph.ts';
import { END_MARKER, endedAtMarker } from './graphFront.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import type { OrtModule } from './onnx.ts';
import { rowsOf, zeros } from './tensors.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** What a pass gives: scores, and the rows of each tensor that is tapped, [width]. Valid until the next pass. */
export interface Pass extends Scores {
  readonly taps: readonly ((row: number) => Float32Array)[];
}

/** How far a pass goes. */
interface Extent {
  /** Its rows, padding included. */
  readonly rows: number;
  /** Tokens that are held behind it. */
  readonly length: number;
  /** Whether rows of padding come after them. */
  readonly padded: boolean;
}

/** Runs passes and brings back what they give. */
export interface PassOutputs {
  /** Whether every output of a pass is copied, keys and values too. */
  readonly copies: boolean;
  /**
   * @param feeds all inputs.
   * @returns rows of what was asked for, valid until the next pass.
   */
  run(feeds: Tensors, extent: Extent, need: Need): Promise<Pass>;
}

/** What is fetched beside keys and values. Where the graph finds the likeliest tokens itself, logits need not be searched. */
function namesOf({ argmax, taps }: GraphForm, need: Need): readonly string[] {
  if (need === 'nothing') return taps;
  if (need === 'argmax') return [argmax ?? 'logits', ...taps];
  return argmax ? ['logits', argmax, ...taps] : ['logits', ...taps];
}

/** Every output comes back in a tensor of its own: works with every graph. */
export function copiedOutputs(session: InferenceSession, form: GraphForm, cache: KeyValueCache): PassOutputs {
  return {
    copies: true,
    async run(feeds, { rows, length, padded }, need) {
      const fetches = { ...cache.fetches() };
      for (const name of namesOf(form, need)) fetches[name] = null;
      const results = await session.run(feeds, fetches);
      cache.store(results, length, padded);
      return readScores(form, results, rows);
    },
  };
}

/** Rows beyond this many numbers get a buffer for their pass alone. */
const MOST_KEPT = 4 * 2 ** 20;

/**
 * Every output is written to a buffer that is there already, and nothing is copied: for graphs with {@link END_MARKER}
 * whose cache has one for everything that is carried.
 */
export function writtenOutputs(
  ort: OrtModule,
  session: InferenceSession,
  form: GraphForm,
  cache: KeyValueCache,
): PassOutputs {
  const marker = { [END_MARKER]: null };
  const kept = new Map<string, Tensor>();

  const tensorOf = (name: string, rows: number): Tensor => {
    const key = `${name} ${rows}`;
    const known = kept.get(key);
    if (known) return known;
    if (name === form.argmax) {
      const ids = new ort.Tensor('int64', new BigInt64Array(rows), [1, rows]);
      kept.set(key, ids);
      return ids;
    }
    const [width, type] =
      name === 'logits' ? [form.vocabulary, form.logitsType] : ([form.tapWidth, 'float32'] as const);
    const made = zeros(ort, type, [1, rows, width]);
    if (rows * width <= MOST_KEPT) kept.set(key, made);
    return made;
  };

  return {
    copies: false,
    async run(feeds, { rows, length, padded }, need) {
      const carried = cache.fetches() as Tensors;
      const results: Record<string, Tensor> = {};
      for (const name of namesOf(form, need)) results[name] = tensorOf(name, rows);
      try {
        await session.run(feeds, { ...marker, ...carried, ...results });
      } catch (error) {
        if (!endedAtMarker(error)) throw error;
      }
      cache.store(carried, length, padded);
      return readScores(form, results, rows);
    },
  };
}

function readScores(form: GraphForm, results: Tensors, rows: number): Pass {
  const logits = results.logits ? rowsOf(results.logits) : notAsked;
  const taps = form.taps.map((name) => rowsOf(results[name]!));
  const ids = form.argmax && results[form.argmax];
  if (!ids) return { rows, logits, taps, argmax: (row) => indexOfLargest(logits(row)) };
  // The lower words of 64-bit integers: a token needs no more, and no bigint is made.
  const { buffer, byteOffset } = ids.data as BigInt64Array;
  const words = new Int32Array(buffer, byteOffset, 2 * rows);
  return { rows, logits, taps, argmax: (row) => words[2 * row]! };
}

function notAsked(): never {
  throw new Error('this pass was not asked for logits');
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
