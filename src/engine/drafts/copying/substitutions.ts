/** Longest spans that are learnt: a name is a few tokens; what is longer will hardly come again. */
const LONGEST = 6;

export interface Substitution {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Changes that were seen in a text, by the tokens that they replaced. */
export class Substitutions {
  /** By the first replaced token: the newest change that starts with it. */
  private readonly known = new Map<number, Substitution>();

  /** Remember that `from` became `to`. Pure insertions and deletions are not changes that come again. */
  learn(from: readonly number[], to: readonly number[]): void {
    if (from.length === 0 || to.length === 0 || from.length > LONGEST || to.length > LONGEST) return;
    this.known.set(from[0]!, { from, to });
  }

  /** The change that is known for the tokens at a place of a text. */
  at(text: readonly number[], place: number): Substitution | undefined {
    const found = this.known.get(text[place]!);
    return found?.from.every((token, i) => text[place + i] === token) ? found : undefined;
  }

  /** The tokens were kept this time: expect no change of them any more. */
  forget(from: readonly number[]): void {
    this.known.delete(from[0]!);
  }
}
