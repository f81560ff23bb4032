import type { SuffixIndex } from '../drafts/copying/suffixIndex.ts';
import { OwnText } from './ownText.ts';
import { Tally, type Voice } from './tally.ts';

/** Tokens that each source may name. */
const NEAR_VOICES = 3;
const FAR_VOICES = 3;
/** Tokens that can be named before one choice. */
export const MOST_CANDIDATES = NEAR_VOICES + FAR_VOICES;

/** Numbers about one source and one candidate. */
const SOURCE_FEATURES = 6;
/** Numbers about one candidate; {@link Evidence.features} says which. */
export const EVIDENCE_FEATURES = 2 * SOURCE_FEATURES + 5;

/**
 * What the text so far and the index say of the next token: a few candidates, each with numbers that tell how much it is
 * worth. It follows the committed tokens; the index must not change meanwhile.
 */
export class Evidence {
  private readonly text: OwnText;
  private readonly near = new Tally();
  private readonly far = new Tally();
  private known = false;
  /** The candidates before the next choice, [count]. */
  readonly tokens = new Int32Array(MOST_CANDIDATES);
  private candidates = 0;

  /**
   * @param index other texts; undefined for none
   * @param own the name of the request's own file in the index
   */
  constructor(
    prompt: readonly number[],
    private readonly index: SuffixIndex | undefined,
    private readonly own: string | undefined,
  ) {
    this.text = new OwnText(prompt);
  }

  /** Take the next token of the text. */
  commit(token: number): void {
    this.text.push(token);
    this.known = false;
  }

  /** Candidates before the next choice, whose ids are then in {@link tokens}. */
  get count(): number {
    if (!this.known) this.survey();
    return this.candidates;
  }

  /**
   * Write the {@link EVIDENCE_FEATURES} numbers of candidate `i`; `gap` is how far its logit lies below the largest one (≥ 0).
   * For the text and for the index: whether it is named, logarithms of match length and places, share, whether its match is
   * the longest, how far away it is. Then: one, the gap, its square root, whether both name it, the longest match of all. Each is of the
   * order of one.
   */
  features(i: number, gap: number, row: Float64Array): void {
    const token = this.tokens[i]!;
    const near = this.near.of(token);
    const far = this.far.of(token);
    writeSource(row, 0, near, this.near.longest);
    writeSource(row, SOURCE_FEATURES, far, this.far.longest);
    const rest = 2 * SOURCE_FEATURES;
    row[rest] = 1;
    row[rest + 1] = Math.min(gap, 12) / 4;
    row[rest + 2] = Math.sqrt(Math.min(gap, 12)) / 2;
    row[rest + 3] = near && far ? 1 : 0;
    row[rest + 4] = Math.log2(1 + Math.max(this.near.longest, this.far.longest)) / 4;
  }

  private survey(): void {
    const { near, far, text } = this;
    this.known = true;
    near.clear();
    text.survey(near);
    near.count(NEAR_VOICES);
    far.clear();
    this.index?.survey(text.tokens, text.length, this.own, far);
    far.count(FAR_VOICES);
    this.candidates = 0;
    for (const { token } of near.voices) this.tokens[this.candidates++] = token;
    for (const { token } of far.voices) if (!near.of(token)) this.tokens[this.candidates++] = token;
  }
}

function writeSource(row: Float64Array, at: number, voice: Voice | undefined, longest: number): void {
  if (!voice) {
    row.fill(0, at, at + SOURCE_FEATURES);
    return;
  }
  row[at] = 1;
  row[at + 1] = Math.log2(1 + voice.length) / 4;
  row[at + 2] = Math.log2(1 + voice.count) / 4;
  row[at + 3] = voice.share;
  row[at + 4] = voice.length === longest ? 1 : 0;
  row[at + 5] = Math.log2(1 + voice.distance) / 8;
}
