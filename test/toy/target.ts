import assert from 'node:assert/strict';
import type { Need, Scores, Target } from '../../src/engine/target.ts';
import { largest, type ToyModel } from './markov.ts';

/**
 * A toy model behind the contract of a target. It keeps one buffer that forgetting does not clear, as the real
 * one does, and throws where a caller breaks the contract.
 */
export class ToyTarget implements Target {
  /** Rows of each pass so far. */
  readonly passes: number[] = [];
  /** Called after every pass. */
  afterPass: () => void = () => undefined;
  private readonly buffer: number[] = [];
  private count = 0;

  constructor(
    readonly model: ToyModel,
    readonly contextLength: number,
  ) {}

  get length(): number {
    return this.count;
  }

  /** Tokens whose keys and values are held. */
  get held(): readonly number[] {
    return this.buffer.slice(0, this.count);
  }

  resume(tokens: readonly number[]): number {
    let common = 0;
    while (common < this.count && common < tokens.length && this.buffer[common] === tokens[common]) common++;
    this.count = common;
    return common;
  }

  async score(block: readonly number[], need: Need): Promise<Scores> {
    assert.ok(block.length >= 1, 'an empty block was scored');
    assert.ok(
      this.count + block.length <= this.contextLength,
      `${this.count} + ${block.length} tokens in a context of ${this.contextLength}`,
    );
    for (const token of block) {
      assert.ok(
        Number.isInteger(token) && token >= 0 && token < this.model.size,
        `token ${token} was scored`,
      );
    }
    const base = this.count;
    block.forEach((token, i) => {
      this.buffer[base + i] = token;
    });
    this.count += block.length;
    this.passes.push(block.length);
    const rows = block.map((_, row) => this.row(base + row + 1));
    // The answer comes later, as that of a real model does.
    await Promise.resolve();
    this.afterPass();
    return {
      rows: block.length,
      argmax(row) {
        assert.notEqual(need, 'nothing', 'a pass that was asked for nothing was read');
        return largest(at(rows, row));
      },
      logits(row) {
        assert.ok(need === 'logits' || need === 'both', 'logits were read that were not asked for');
        return Float32Array.from(at(rows, row), Math.log);
      },
    };
  }

  truncate(length: number): void {
    assert.ok(Number.isInteger(length) && length >= 0, `truncated to ${length}`);
    if (length < this.count) this.count = length;
  }

  /** Weights after the first `position` tokens of the buffer. */
  protected row(position: number): readonly number[] {
    return this.model.weights(this.buffer.slice(0, position));
  }
}

function at<T>(rows: readonly T[], row: number): T {
  const found = rows[row];
  assert.ok(found !== undefined, `row ${row} of ${rows.length} was read`);
  return found;
}
