import type { Draft, DraftContext, DraftSession, InstantDraft, Proposal } from '../draft.ts';
import type { DistributionModel } from '../neural/neural.ts';
import { type Members, openMembers } from './members.ts';
import { Mixture } from './mixture.ts';
import { copyTrust, type TokenModel } from './stack.ts';

/** Weight of a member at the start of a request: a model for another language knows least. */
const START = { home: 1, foreign: 0.2, copy: 0.6, ngram: 0.3 };

/** A small model that gives its whole distribution. */
export interface NeuralMember {
  readonly id: string;
  readonly languages: readonly string[];
  readonly model: DistributionModel;
}

export interface AverageMembers {
  readonly neural: readonly NeuralMember[];
  readonly copying: readonly InstantDraft[];
  readonly table: TokenModel | undefined;
}

/**
 * Weighted average of the members' next-token distributions: the likeliest token of the average is proposed, and all are
 * asked again after it. A copy or an n-gram of trust t is a distribution with t on its token and the rest spread over all.
 * Weights follow how likely each member held the tokens that came (see {@link Mixture}).
 *
 * Every neural member takes a step for every token, so a guess costs as much as all of them together.
 */
export class AverageDraft implements Draft {
  readonly id = 'ensemble:average';
  readonly languages: readonly string[] = [];
  /** Distributions of the present proposal, [place][neural member][vocabulary]; sessions take turns. */
  private readonly rows: Float32Array[][] = [];
  private readonly sum: Float32Array;

  /** @param leastChance a token is guessed only while those before it are all right with at least this probability. */
  constructor(
    private readonly members: AverageMembers,
    private readonly vocabulary: number,
    private readonly leastChance: number,
  ) {
    this.sum = new Float32Array(vocabulary);
  }

  open(context: DraftContext): DraftSession {
    return new AverageSession(
      this.members,
      this.sum,
      (place) => this.rowsAt(place),
      this.leastChance,
      context,
    );
  }

  private rowsAt(place: number): readonly Float32Array[] {
    this.rows[place] ??= this.members.neural.map(() => new Float32Array(this.vocabulary));
    return this.rows[place];
  }
}

/** A member that names one token and how sure it is. */
interface Pointer {
  readonly token: number;
  readonly trust: number;
}

/** What was said at one place of a proposal: distributions, then pointers, in the order of the weights. */
interface Said {
  readonly rows: readonly (Float32Array | undefined)[];
  readonly pointers: readonly (Pointer | undefined)[];
}

class AverageSession implements DraftSession {
  private readonly text: number[];
  private readonly copying: Members;
  private readonly mixture: Mixture;
  private places: readonly Said[] = [];
  private proposed: readonly number[] = [];

  constructor(
    private readonly members: AverageMembers,
    private readonly sum: Float32Array,
    private readonly rowsAt: (place: number) => readonly Float32Array[],
    private readonly leastChance: number,
    context: DraftContext,
  ) {
    const { neural, copying, table } = members;
    this.text = [...context.prompt];
    this.copying = openMembers(copying, context);
    for (const { model } of neural) model.resume(this.text);
    this.mixture = new Mixture([
      ...neural.map(({ languages }) => (languages.includes(context.language) ? START.home : START.foreign)),
      ...copying.map(() => START.copy),
      ...(table ? [START.ngram] : []),
    ]);
  }

  commit(tokens: readonly number[]): void {
    // What was said at a place counts while the guesses before it were right.
    for (let i = 0; i < tokens.length && i < this.places.length; i++) {
      this.mixture.observe(heldOf(this.places[i]!, tokens[i]!, this.sum.length));
      if (this.proposed[i] !== tokens[i]) break;
    }
    this.places = [];
    this.proposed = [];
    this.copying.commit(tokens);
    this.text.push(...tokens);
  }

  matchLength(): number {
    return 0;
  }

  behind(): number {
    const held = this.members.neural.map(({ model }) => model.length);
    return Math.max(0, this.text.length - Math.min(this.text.length, ...held));
  }

  async propose(limit: number, signal: AbortSignal): Promise<Proposal> {
    const { table } = this.members;
    let copies = [...this.copying.sessions.values()].map((session) => {
      const match = session.matchLength();
      return { match, tokens: match > 0 ? session.propose(limit).tokens : [] };
    });
    const text = [...this.text];
    const tokens: number[] = [];
    const probabilities: number[] = [];
    const places: Said[] = [];
    for (let chance = 1; tokens.length < limit && chance >= this.leastChance; ) {
      const at = tokens.length;
      const rows = await this.askModels(text, at, signal);
      if (signal.aborted) break;
      const pointers: (Pointer | undefined)[] = copies.map((copy) => {
        const token = copy.tokens[at];
        return token === undefined ? undefined : { token, trust: copyTrust(copy.match, at) };
      });
      const said = table?.next(text);
      if (table) pointers.push(said && { token: said.token, trust: said.probability });
      const place = { rows, pointers };
      const best = likeliest(place, this.mixture.shares, this.sum);
      if (!best) break;
      const { token, probability } = best;
      places.push(place);
      text.push(token);
      tokens.push(token);
      probabilities.push(probability);
      chance *= probability;
      // A copy that would have gone on otherwise has parted from the text.
      copies = copies.map((copy) => (copy.tokens[at] === token ? copy : { ...copy, tokens: [] }));
    }
    this.places = places;
    this.proposed = tokens;
    return { tokens, probabilities };
  }

  /** Distributions after `text`; undefined for a model whose context has ended. */
  private async askModels(
    text: readonly number[],
    place: number,
    signal: AbortSignal,
  ): Promise<(Float32Array | undefined)[]> {
    const buffers = this.rowsAt(place);
    const rows: (Float32Array | undefined)[] = [];
    for (const [i, { model }] of this.members.neural.entries()) {
      const said = await model.after(text, buffers[i]!, signal);
      rows.push(said ? buffers[i] : undefined);
    }
    return rows;
  }
}

/** The likeliest token of the average of those that have something to say. @param sum [vocabulary], overwritten. */
function likeliest({ rows, pointers }: Said, shares: ArrayLike<number>, sum: Float32Array) {
  sum.fill(0);
  let awake = 0;
  let spread = 0;
  for (const [i, row] of rows.entries()) {
    if (!row) continue;
    const share = shares[i]!;
    awake += share;
    for (let token = 0; token < sum.length; token++) sum[token]! += share * row[token]!;
  }
  for (const [i, pointer] of pointers.entries()) {
    if (!pointer) continue;
    const share = shares[rows.length + i]!;
    awake += share;
    spread += (share * (1 - pointer.trust)) / sum.length;
    sum[pointer.token]! += share * pointer.trust;
  }
  if (awake === 0) return undefined;
  let token = 0;
  for (let i = 1; i < sum.length; i++) if (sum[i]! > sum[token]!) token = i;
  return { token, probability: (sum[token]! + spread) / awake };
}

/** What each member held of a token. */
function heldOf({ rows, pointers }: Said, token: number, vocabulary: number): (number | undefined)[] {
  return [
    ...rows.map((row) => row && (row[token] ?? 0)),
    ...pointers.map(
      (pointer) =>
        pointer && (1 - pointer.trust) / vocabulary + (pointer.token === token ? pointer.trust : 0),
    ),
  ];
}
