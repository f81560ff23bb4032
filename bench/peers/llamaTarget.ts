import type { AddonContext, AddonSampler } from 'node-llama-cpp';
import type { Need, Scores, Target } from '../../src/engine/target.ts';

/**
 * llama.cpp as the target of Slipstream's own decoder, by the calls that node-llama-cpp makes of its native part, without
 * the queue and the locks of its public classes. Shows what the passes of the two runtimes are worth, all else equal.
 * Rows are chosen from greedily; logits are not brought back.
 */
export class LlamaTarget implements Target {
  private readonly seen: number[] = [];

  /**
   * @param contextLength tokens that the context was made for.
   * @param batchSize most tokens of one of its passes.
   */
  constructor(
    private readonly context: AddonContext,
    private readonly sampler: AddonSampler,
    readonly contextLength: number,
    private readonly batchSize: number,
  ) {}

  get length(): number {
    return this.seen.length;
  }

  resume(tokens: readonly number[]): number {
    let common = 0;
    while (common < this.seen.length && tokens[common] === this.seen[common]) common++;
    this.truncate(common);
    return common;
  }

  truncate(length: number): void {
    if (length >= this.seen.length) return;
    if (!this.context.removeTokenCellsFromSequence(0, length, this.seen.length)) {
      throw new Error(`llama.cpp cannot forget what stands behind ${length} tokens`);
    }
    this.seen.length = length;
  }

  async score(block: readonly number[], need: Need): Promise<Scores> {
    if (block.length > this.batchSize) {
      if (need !== 'nothing') throw new Error('rows are brought back from one pass at a time');
      await this.score(block.slice(0, this.batchSize), need);
      return this.score(block.slice(this.batchSize), need);
    }
    const rows = need === 'nothing' ? [] : block.map((_, row) => row);
    this.context.initBatch(block.length);
    const places = this.context.addToBatch(
      0,
      this.seen.length,
      Uint32Array.from(block),
      Uint32Array.from(rows),
    );
    await this.context.decodeBatch();
    const ids: number[] = [];
    for (const place of places) ids.push(await this.context.sampleToken(place, this.sampler));
    for (const token of block) this.seen.push(token);
    return {
      rows: block.length,
      argmax: (row) => ids[row]!,
      logits: () => {
        throw new Error('logits are not brought back from llama.cpp');
      },
    };
  }
}
