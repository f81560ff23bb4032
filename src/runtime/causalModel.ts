import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Need, Scores, Target } from '../engine/target.ts';
import { messageOf, UserError } from '../errors.ts';
import { type GraphForm, passInputs, readGraph } from './graph.ts';
import { concatenatedCache, type KeyValueCache, sharedCache } from './keyValueCache.ts';
import type { ModelFolder } from './modelFolder.ts';
import { loadOnnxRuntime, type OrtModule } from './onnx.ts';

/** Longest context that is allocated; more would only cost memory at the speed of a laptop. */
const MOST_POSITIONS = 8192;

export interface LoadOptions {
  /** Threads of a pass; 1 runs on the calling thread alone, 0 takes the physical cores. */
  readonly threads: number;
  /**
   * Each pass is padded to a multiple of this many rows. Kernels work on tiles of rows, and a tile of one row
   * differs in the last bits from all others: a pass of one row is such a tile, and so is the last row of a
   * pass of 65 or 129. A target that verifies drafts must take 2.
   */
  readonly rowMultiple: number;
}

/** A causal language model over ONNX Runtime with the keys and values of the tokens it has seen. */
export class CausalModel implements Target {
  /** Padding of passes from now on; see {@link LoadOptions.rowMultiple}. */
  rowMultiple: number;
  /** Told the time of each pass that finds the likeliest tokens: rows, tokens held before, milliseconds. */
  onPass: ((rows: number, past: number, millis: number) => void) | undefined;
  private readonly seen: number[] = [];

  private constructor(
    private readonly ort: OrtModule,
    private readonly session: InferenceSession,
    private readonly form: GraphForm,
    private readonly cache: KeyValueCache,
    /** Whether past and present are one buffer. */
    readonly sharedBuffer: boolean,
    /** Positions that the cache holds, padding included. */
    private readonly positions: number,
    rowMultiple: number,
  ) {
    this.rowMultiple = rowMultiple;
  }

  /** @throws UserError `model-broken` or `model-unsupported`. */
  static async load(folder: ModelFolder, options: LoadOptions): Promise<CausalModel> {
    const ort = await loadOnnxRuntime();
    const session = await createSession(ort, folder.graph, options.threads);
    const form = readGraph(session, folder.config, folder.graph);
    const positions = Math.min(folder.config.max_position_embeddings, MOST_POSITIONS);
    const make = (cache: KeyValueCache, shared: boolean) =>
      new CausalModel(ort, session, form, cache, shared, positions, options.rowMultiple);

    // Which cache is right is found by trying: a graph that concatenates cannot write into a shared buffer.
    const shared = make(sharedCache(ort, form, positions), true);
    if (await shared.works()) return shared;
    const concatenated = make(concatenatedCache(ort, form), false);
    if (await concatenated.works()) return concatenated;
    throw new UserError(
      'model-unsupported',
      `${folder.graph} loads but its keys and values cannot be carried from pass to pass. Choose another export of the model.`,
    );
  }

  /** What is left for tokens when a pass at the end may need more padding than the one row that every caller expects. */
  get contextLength(): number {
    return this.positions - Math.max(0, this.rowMultiple - 2);
  }

  get length(): number {
    return this.seen.length;
  }

  resume(tokens: readonly number[]): number {
    let common = 0;
    while (common < tokens.length && common < this.seen.length && tokens[common] === this.seen[common])
      common++;
    this.truncate(common);
    return common;
  }

  truncate(length: number): void {
    if (length < this.seen.length) this.seen.length = length;
  }

  async score(block: readonly number[], need: Need): Promise<Scores> {
    const past = this.seen.length;
    const tokens = [...block];
    while (tokens.length % this.rowMultiple !== 0) tokens.push(block[block.length - 1]!);
    if (past + tokens.length > this.positions) {
      throw new RangeError(`${past} + ${tokens.length} tokens exceed the context of ${this.positions}`);
    }
    const found = need === 'argmax' || need === 'both' ? this.form.argmax : undefined;
    const logits = need === 'logits' || need === 'both' || (need === 'argmax' && !found);
    const keep = need === 'nothing' ? 1 : tokens.length;
    const feeds = { ...passInputs(this.ort, this.form, tokens, past, keep), ...this.cache.feeds(past) };
    const fetches: Record<string, Tensor | null> = this.cache.fetches();
    if (found) fetches[found] = null;
    if (logits) fetches.logits = null;
    const started = performance.now();
    const results = await this.session.run(feeds, fetches);
    if (need === 'argmax' || need === 'both') this.onPass?.(tokens.length, past, performance.now() - started);
    this.cache.store(results);
    for (const token of block) this.seen.push(token);
    return readScores(logits ? results.logits : undefined, found ? results[found] : undefined, block.length);
  }

  /** Free the session. The model cannot be used afterwards. */
  async dispose(): Promise<void> {
    await this.session.release();
  }

  /** Whether tokens scored in two passes give what one pass gives, up to rounding. */
  private async works(): Promise<boolean> {
    const tokens = [1, 2, 3, 4];
    try {
      const whole = await this.score(tokens, 'logits');
      const expected = whole.logits(3).slice();
      this.truncate(2);
      const part = await this.score(tokens.slice(2), 'logits');
      const got = part.logits(1);
      return expected.every((value, i) => Math.abs(value - got[i]!) <= 0.01 * Math.max(1, Math.abs(value)));
    } catch {
      return false;
    } finally {
      this.truncate(0);
    }
  }
}

async function createSession(ort: OrtModule, file: string, threads: number): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      // 0 leaves the number to the runtime, which takes the physical cores.
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // The trial of cache forms fails by design for some graphs; the runtime would print that as an error.
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw new UserError(
      'model-broken',
      `${file} cannot be loaded (${reasonOf(error)}). It may be truncated: copy or download it again.`,
      { cause: error },
    );
  }
}

function readScores(tensor: Tensor | undefined, found: Tensor | undefined, rows: number): Scores {
  const wrong = (): never => {
    throw new Error('this pass was not asked for logits');
  };
  const ids = found?.data as BigInt64Array | undefined;
  const likeliest = ids && ((row: number) => Number(ids[row]));
  if (!tensor) return { rows, argmax: likeliest ?? wrong, logits: wrong };
  const data = tensor.data as Float32Array;
  const width = tensor.dims[tensor.dims.length - 1]!;
  const logits = (row: number) => data.subarray(row * width, (row + 1) * width);
  return { rows, logits, argmax: likeliest ?? ((row) => indexOfLargest(logits(row))) };
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** What the runtime says, without the places in its own source that it says it from. */
function reasonOf(error: unknown): string {
  const line = messageOf(error).split('\n', 1)[0]!;
  return line
    .replace(/^.*? failed:/, '')
    .replace(/^\S*onnxruntime_src.*\) /, '')
    .replace(/\.$/, '');
}
