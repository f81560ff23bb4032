import type { InstantDraft } from '../../../../../src/engine/drafts/draft.ts';
import type { TokenModel } from '../../../../../src/engine/drafts/ensembles/stack.ts';
import type { DistributionModel } from '../../../../../src/engine/drafts/neural/neural.ts';
import type { ToyModel } from '../../../../toy/markov.ts';

/** A copying draft that says what the test tells it to; it counts what it was told and how often it was opened. */
export class ScriptedDraft implements InstantDraft {
  readonly languages: readonly string[] = [];
  readonly committed: number[] = [];
  opened = 0;
  match = 0;
  tokens: readonly number[] = [];

  constructor(readonly id: string) {}

  say(match: number, ...tokens: number[]): this {
    this.match = match;
    this.tokens = tokens;
    return this;
  }

  open() {
    this.opened++;
    return {
      instant: true as const,
      commit: (tokens: readonly number[]) => {
        this.committed.push(...tokens);
      },
      matchLength: () => this.match,
      behind: () => 0,
      propose: (limit: number) => ({ tokens: this.tokens.slice(0, limit) }),
    };
  }
}

/** A table that knows what follows the last token. */
export function tableOf(next: Readonly<Record<number, readonly [number, number]>>): TokenModel {
  return {
    orders: 2,
    next: (context) => {
      const found = next[context.at(-1) ?? -1];
      return found && { token: found[0], probability: found[1] };
    },
  };
}

/** A toy model as a member of an average. It notes the texts it was asked about. */
export class ToyDistribution implements DistributionModel {
  readonly asked: (readonly number[])[] = [];
  private held: readonly number[] = [];

  constructor(
    private readonly model: Pick<ToyModel, 'weights'>,
    private readonly contextLength = 1000,
  ) {}

  get length(): number {
    return this.held.length;
  }

  resume(text: readonly number[]): void {
    let common = 0;
    while (common < this.held.length && this.held[common] === text[common]) common++;
    this.held = this.held.slice(0, common);
  }

  async after(text: readonly number[], to: Float32Array, signal: AbortSignal): Promise<boolean> {
    await Promise.resolve();
    if (signal.aborted || text.length > this.contextLength) return false;
    this.held = [...text];
    this.asked.push([...text]);
    const weights = this.model.weights(text);
    const total = weights.reduce((a, b) => a + b, 0);
    to.set(weights.map((weight) => weight / total));
    return true;
  }
}
