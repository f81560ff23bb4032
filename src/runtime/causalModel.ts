// This folder: ONNX Runtime: model folders, tokenizer, the model with its KV cache, self-test, cost of a pass.

import type { InferenceSession } from 'onnxruntime-node';
import type { Need, Scores, Target } from '../engine/target.ts';
import { UserError } from '../errors.ts';
import { type ContextLimit, contextLimit } from './contextLimit.ts';
import { type GraphForm, readGraph } from './graph.ts';
import { END_MARKER } from './graphFront.ts';
import { HeldTexts } from './heldTexts.ts';
import { CacheSlots, concatenatedCache, sharedCache } from './keyValueCache.ts';
import { loadSession, reasonOf, type SessionOptions } from './loadSession.ts';
import type { ModelFolder } from './modelFolder.ts';
import { loadOnnxRuntime, type OrtModule } from './onnx.ts';
import { PassInputs } from './passInputs.ts';
import { copiedOutputs, type Pass, type PassOutputs, writtenOutputs } from './passOutputs.ts';
import { withStates } from './stateCache.ts';

/** Texts whose keys and values are kept: going back to one of the last files need not read it again. */
const TEXTS_HELD = 3;

export interface LoadOptions extends SessionOptions {
  /**
   * Each pass is padded to a multiple of this many rows. Kernels work on tiles of rows, and a tile of one row
   * differs in the last bits from all others: a pass of one row is such a tile, and so is the last row of a
   * pass of 65 or 129. A target that verifies drafts must take 2.
   */
  readonly rowMultiple: number;
}

/**
 * How keys and values go from pass to pass: in one buffer that the graph writes to, in one that is copied with every output as
 * well, or put together anew by every pass.
 */
export type CachePath = 'written' | 'copied' | 'concatenated';

/** A way to run passes that is tried. */
interface Way {
  readonly path: CachePath;
  readonly outputs: PassOutputs;
  readonly cache: CacheSlots;
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
    private readonly way: Way,
    /** What the graph takes and gives. */
    readonly form: GraphForm,
    /** Positions that the cache holds, padding included; and why no more. */
    readonly limit: ContextLimit,
    rowMultiple: number,
  ) {
    this.rowMultiple = rowMultiple;
    this.held = new HeldTexts(way.cache.count);
  }

  /** @throws UserError `model-broken` or `model-unsupported`. */
  static async load(folder: ModelFolder, options: LoadOptions): Promise<CausalModel> {
    const ort = await loadOnnxRuntime();
    const { session, windows } = await loadSession(ort, folder, options);
    const form = readGraph(session, folder.config, folder.graph, folder.state?.taps);
    const limit = contextLimit(folder.config, windows);
    const inputs = new PassInputs(ort, form);
    let trouble: string | undefined;
    // Which way is right is found by trying: a graph that concatenates cannot write into a shared buffer.
    for (const way of waysOf(ort, session, form, limit.positions)) {
      const model = new CausalModel(session, inputs, way, form, limit, options.rowMultiple);
      trouble = await model.trial();
      if (trouble === undefined) return model;
    }
    await session.release();
    throw new UserError(
      'model-unsupported',
      `${folder.graph} loads but its keys and values cannot be carried from pass to pass: ${trouble}. Choose another export of the model.`,
    );
  }

  /** What is left for tokens when a pass at the end may need more padding than the one row that every caller expects. */
  get contextLength(): number {
    return this.limit.positions - Math.max(0, this.rowMultiple - 2);
  }

  /** How keys and values are carried, as the trial has found. */
  get cachePath(): CachePath {
    return this.way.path;
  }

  /** Whether {@link state} can tell anything. */
  get givesStates(): boolean {
    return this.form.taps.length > 0;
  }

  get length(): number {
    return this.held.current.length;
  }

  resume(tokens: readonly number[]): number {
    this.way.cache.use(this.held.resume(tokens));
    return this.length;
  }

  truncate(length: number): void {
    this.held.truncate(length);
  }

  async score(block: readonly number[], need: Need): Promise<Scores> {
    const { cache, outputs } = this.way;
    const text = this.held.current;
    const held = text.length;
    // What lies behind the last place that a pass can go on from is scored again.
    const past = cache.resumable(held);
    const again = held - past;
    let tokens = again === 0 ? block : [...text.slice(past), ...block];
    if (need === 'nothing' && this.form.states.length > 0) {
      // Padding would leave no place to go on from; nobody waits for the last rows.
      tokens = tokens.slice(0, tokens.length - (tokens.length % this.rowMultiple));
    }
    const rows = Math.ceil(tokens.length / this.rowMultiple) * this.rowMultiple;
    const positions = Math.max(past + rows, held + block.length);
    if (positions > this.limit.positions) {
      throw new RangeError(
        `${held} + ${block.length} tokens in ${rows} rows exceed the context of ${this.limit.positions}`,
      );
    }
    const started = performance.now();
    const pass = rows === 0 ? NO_PASS : await this.run(tokens, rows, past, need, outputs, cache);
    if (need !== 'nothing') this.onPass?.(rows, past, performance.now() - started);
    for (const token of block) text.push(token);
    this.tapped = { text, past, pass: { ...pass, rows: tokens.length } };
    return {
      rows: block.length,
      argmax: (row) => pass.argmax(again + row),
      logits: (row) => pass.logits(again + row),
    };
  }

  private run(
    tokens: readonly number[],
    rows: number,
    past: number,
    need: Need,
    outputs: PassOutputs,
    cache: CacheSlots,
  ): Promise<Pass> {
    const feeds = this.inputs.at(tokens, rows, past, need === 'nothing' ? 1 : rows);
    const extent = { rows, length: past + tokens.length, padded: rows > tokens.length };
    return outputs.run({ ...feeds, ...cache.feeds(past) }, extent, need);
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

  /** Whether tokens scored in two passes give what one pass gives, up to rounding; else what goes wrong. */
  private async trial(): Promise<string | undefined> {
    const tokens = [1, 2, 3, 4];
    const differs = 'a text that is scored in two passes gets other numbers than in one';
    try {
      const expected = (await this.score(tokens, 'logits')).logits(3).slice();
      // What was never written is zero, and equal to everything else that was not.
      if (expected.every((value) => value === 0)) return 'it gives nothing but zeros';
      // Behind a text that was cut, and behind one that ended there: states know only the second.
      for (const cut of [2, 0]) {
        this.truncate(cut);
        if (cut === 0) await this.score(tokens.slice(0, 2), 'argmax');
        const got = (await this.score(tokens.slice(2), 'logits')).logits(1);
        if (!expected.every((value, i) => isNear(value, got[i]!))) return differs;
      }
      return undefined;
    } catch (error) {
      return reasonOf(error);
    } finally {
      this.truncate(0);
    }
  }
}

/** Ways in which a graph may carry keys and values, the quickest first. */
function* waysOf(
  ort: OrtModule,
  session: InferenceSession,
  form: GraphForm,
  positions: number,
): Generator<Way> {
  const slots = (make: typeof sharedCache) =>
    new CacheSlots(TEXTS_HELD, () => withStates(ort, form, make(ort, form, positions)));
  const shared = slots(sharedCache);
  if (session.outputNames[0] === END_MARKER) {
    yield { path: 'written', outputs: writtenOutputs(ort, session, form, shared), cache: shared };
  }
  yield { path: 'copied', outputs: copiedOutputs(session, form, shared), cache: shared };
  const cache = slots(concatenatedCache);
  yield { path: 'concatenated', outputs: copiedOutputs(session, form, cache), cache };
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.01 * Math.max(1, Math.abs(a));
}

/** Of tokens that are only noted, to be scored with those that follow. */
const NO_PASS: Pass = { rows: 0, taps: [], argmax: () => Number.NaN, logits: () => new Float32Array(0) };
