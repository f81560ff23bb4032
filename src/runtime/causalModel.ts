// This folder: ONNX Runtime: model folders, tokenizer, the model with its KV cache, self-test, cost of a pass.

import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { Need, Scores, Target } from '../engine/target.ts';
import { isOutOfMemory, messageOf, UserError } from '../errors.ts';
import { requireOwnWeights } from './contained.ts';
import { externalNames } from './externalData.ts';
import { readGraph } from './graph.ts';
import { END_MARKER, endMarker, tappedOutputs } from './graphFront.ts';
import { HeldTexts } from './heldTexts.ts';
import { CacheSlots, concatenatedCache, sharedCache } from './keyValueCache.ts';
import type { ModelFolder } from './modelFolder.ts';
import { loadOnnxRuntime, type OrtModule } from './onnx.ts';
import { PassInputs } from './passInputs.ts';
import { copiedOutputs, type Pass, type PassOutputs, writtenOutputs } from './passOutputs.ts';
import { readWeights } from './weights.ts';

/** Longest context that is allocated; more would only cost memory at the speed of a laptop. */
const MOST_POSITIONS = 8192;

/** Texts whose keys and values are kept: going back to one of the last files need not read it again. */
const TEXTS_HELD = 3;

/**
 * Threads that wait for work spin this long, in microseconds: longer than what lies between two passes of a text, and no
 * longer, since a core that spins is a core that others lack. The runtime's own choice is some thirty milliseconds.
 */
const SETTINGS = { 'intra_op.spin_duration_us': '1000' };

export interface LoadOptions {
  /** Threads of a pass; 1 runs on the calling thread alone, 0 takes the physical cores. */
  readonly threads: number;
  /**
   * Each pass is padded to a multiple of this many rows. Kernels work on tiles of rows, and a tile of one row
   * differs in the last bits from all others: a pass of one row is such a tile, and so is the last row of a
   * pass of 65 or 129. A target that verifies drafts must take 2.
   */
  readonly rowMultiple: number;
  /** Settings of the runtime's session by their names without `session.`, in place of the usual ones; for measuring. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A causal language model over ONNX Runtime with the keys and values of the tokens it has seen. */
export class CausalModel implements Target {
  /** Padding of passes from now on; see {@link LoadOptions.rowMultiple}. */
  rowMultiple: number;
  /** Told the time of each pass that brings rows back: rows, tokens held before, milliseconds. */
  onPass: ((rows: number, past: number, millis: number) => void) | undefined;
  private readonly held: HeldTexts;
  /** The last pass: what was tapped in it, of the tokens from `past` on of a text. */
  private tapped:
    | { readonly text: readonly number[]; readonly past: number; readonly pass: Pass }
    | undefined;

  private constructor(
    private readonly session: InferenceSession,
    private readonly inputs: PassInputs,
    private readonly outputs: PassOutputs,
    private readonly cache: CacheSlots,
    /** Whether past and present are one buffer. */
    readonly sharedBuffer: boolean,
    /** Positions that the cache holds, padding included. */
    private readonly positions: number,
    /** Tensors that are tapped. */
    private readonly taps: number,
    rowMultiple: number,
  ) {
    this.rowMultiple = rowMultiple;
    this.held = new HeldTexts(cache.count);
  }

  /** @throws UserError `model-broken` or `model-unsupported`. */
  static async load(folder: ModelFolder, options: LoadOptions): Promise<CausalModel> {
    const ort = await loadOnnxRuntime();
    const session = await createSession(ort, folder, options);
    const form = readGraph(session, folder.config, folder.graph, folder.state?.taps);
    const positions = Math.min(folder.config.max_position_embeddings, MOST_POSITIONS);
    const inputs = new PassInputs(ort, form);
    const make = (outputs: PassOutputs, cache: CacheSlots, shared: boolean) =>
      new CausalModel(
        session,
        inputs,
        outputs,
        cache,
        shared,
        positions,
        form.taps.length,
        options.rowMultiple,
      );

    // Which way is right is found by trying: a graph that concatenates cannot write into a shared buffer.
    const shared = new CacheSlots(TEXTS_HELD, () => sharedCache(ort, form, positions));
    if (session.outputNames[0] === END_MARKER) {
      const written = make(writtenOutputs(ort, session, form, shared), shared, true);
      if (await written.works()) return written;
    }
    const copied = make(copiedOutputs(session, form, shared), shared, true);
    if (await copied.works()) return copied;
    const cache = new CacheSlots(TEXTS_HELD, () => concatenatedCache(ort, form));
    const concatenated = make(copiedOutputs(session, form, cache), cache, false);
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

  /** Whether every pass copies its outputs, because the graph cannot do without. */
  get copiesOutputs(): boolean {
    return this.outputs.copies;
  }

  /** Whether {@link state} can tell anything. */
  get givesStates(): boolean {
    return this.taps > 0;
  }

  get length(): number {
    return this.held.current.length;
  }

  resume(tokens: readonly number[]): number {
    this.cache.use(this.held.resume(tokens));
    return this.length;
  }

  truncate(length: number): void {
    this.held.truncate(length);
  }

  async score(block: readonly number[], need: Need): Promise<Scores> {
    const past = this.length;
    const rows = Math.ceil(block.length / this.rowMultiple) * this.rowMultiple;
    if (past + rows > this.positions) {
      throw new RangeError(`${past} + ${rows} tokens exceed the context of ${this.positions}`);
    }
    const feeds = this.inputs.at(block, rows, past, need === 'nothing' ? 1 : rows);
    const all = { ...feeds, ...this.cache.feeds(past) };
    const started = performance.now();
    const scores = await this.outputs.run(all, rows, need);
    if (need !== 'nothing') this.onPass?.(rows, past, performance.now() - started);
    const seen = this.held.current;
    for (const token of block) seen.push(token);
    const pass = { ...scores, rows: block.length };
    this.tapped = { text: seen, past, pass };
    return pass;
  }

  /**
   * Write what the graph's tapped tensors ({@link ModelFolder.state}) have for the last held token, one behind the other.
   * @returns false where that token was not in the last pass, or nothing is tapped.
   */
  state(to: Float32Array): boolean {
    const { tapped, length } = this;
    if (!tapped || tapped.text !== this.held.current) return false;
    const row = length - 1 - tapped.past;
    if (row < 0 || row >= tapped.pass.rows || tapped.pass.taps.length === 0) return false;
    let at = 0;
    for (const tap of tapped.pass.taps) {
      const values = tap(row);
      to.set(values, at);
      at += values.length;
    }
    return true;
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
      // What was never written is zero, and equal to everything else that was not.
      if (expected.every((value) => value === 0)) return false;
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

async function createSession(
  ort: OrtModule,
  { path: folder, graph: file, graphPlaces, state }: ModelFolder,
  { threads, settings = SETTINGS }: LoadOptions,
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    // 0 leaves the number to the runtime, which takes the physical cores.
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Passes take as long without an arena, which would hold what the widest pass took, some thirty megabytes, for ever.
    enableCpuMemArena: false,
    // The trial of cache forms fails by design for some graphs; the runtime would print that as an error.
    logSeverityLevel: 4,
    // Weights that lie in files of their own are looked for beside the graph, also when it comes as bytes.
    extra: { session: { model_external_initializers_file_folder_path: path.dirname(file), ...settings } },
  };
  try {
    const front = Buffer.concat([endMarker(), tappedOutputs(state?.taps ?? [])]);
    const bytes = await readWeights(graphPlaces, front);
    for (const name of externalNames(bytes ?? file)) await requireOwnWeights(folder, file, name);
    if (!bytes) return await ort.InferenceSession.create(file, options);
    const marked = await ort.InferenceSession.create(bytes, options).catch(() => undefined);
    return marked ?? (await ort.InferenceSession.create(bytes.subarray(front.length), options));
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (isOutOfMemory(error)) throw outOfMemory(file, error);
    throw new UserError(
      'model-broken',
      `${file} cannot be loaded (${reasonOf(error)}). It may be truncated: copy or download it again.`,
      { cause: error },
    );
  }
}

function outOfMemory(file: string, cause: unknown): UserError {
  return new UserError(
    'out-of-memory',
    `There is not enough memory to load ${file}. Close other programs, raise the limit of memory, or take a smaller model.`,
    { cause },
  );
}

/** What the runtime says, without the places in its own source that it says it from. */
function reasonOf(error: unknown): string {
  const line = messageOf(error).split('\n', 1)[0]!;
  return line
    .replace(/^.*? failed:/, '')
    .replace(/^\S*onnxruntime_src.*\) /, '')
    .replace(/\.$/, '');
}
