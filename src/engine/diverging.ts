import type { Sampler } from './sampling.ts';
import type { Need, Scores, Vocabulary } from './target.ts';

/**
 * Makes an alternative: the first token is the best that leads to another text than those that are there already, and from then on
 * it is `inner` unchanged. So the text is still the target's own, and no draft weighs in. Serves one request.
 *
 * Tokens are compared by their bytes, since many of them may begin the same text: one that is a beginning of such a text, or that
 * has all of it, does not lead away. Where none is left the choice is that of `inner`.
 */
export class DivergingSampler implements Sampler {
  private decided = false;
  private readonly texts: readonly Uint8Array[];

  /**
   * @param required bytes that stand before the cursor already (token healing)
   * @param texts what the output shall not begin like
   */
  constructor(
    private readonly inner: Sampler,
    private readonly vocabulary: Vocabulary,
    required: Uint8Array,
    texts: readonly string[],
  ) {
    this.texts = texts.map((text) => Buffer.concat([required, Buffer.from(text)]));
  }

  need(): Need {
    return this.decided ? this.inner.need() : 'logits';
  }

  choose(scores: Scores, row: number, among?: readonly number[]): number {
    if (this.decided) return this.inner.choose(scores, row, among);
    const away = (among ?? Array.from({ length: this.vocabulary.size }, (_, token) => token)).filter(
      (token) => this.leadsAway(this.vocabulary.bytes(token)),
    );
    return this.inner.choose(scores, row, away.length > 0 ? away : among);
  }

  commit(token: number): void {
    this.decided = true;
    this.inner.commit(token);
  }

  /** A token without bytes ends the text, which is no other text. */
  private leadsAway(bytes: Uint8Array): boolean {
    return bytes.length > 0 && !this.texts.some((text) => beginsAlike(bytes, text));
  }
}

/** Whether one is the beginning of the other. */
function beginsAlike(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}
