import type { TokenModel } from '../ensembles/stack.ts';
import type { NgramTable } from '../ngram/ngramTable.ts';
import { Follower } from './follower.ts';
import { textOf } from './speller.ts';
import type { Bridge } from './textDraft.ts';
import { translate } from './translate.ts';

/** Contexts whose next token is remembered: the same few tokens are asked about round after round. */
const MOST_KNOWN = 4096;
/** Tokens of the table that one token of the target's may take. */
const MOST_STEPS = 6;
/** Tokens of the target's that are looked at. */
const CONTEXT = 6;

type Said = { readonly token: number; readonly probability: number };

/** A table that was made for other tokens, asked in the target's. */
export class TextTable implements TokenModel {
  readonly orders = CONTEXT;
  private readonly known = new Map<string, Said | undefined>();

  constructor(
    private readonly table: Pick<NgramTable, 'next'>,
    private readonly bridge: Pick<Bridge, 'own' | 'target'>,
  ) {}

  next(context: readonly number[]): Said | undefined {
    const newest = context.slice(-CONTEXT);
    const key = newest.join(' ');
    if (this.known.has(key)) return this.known.get(key);
    const said = this.ask(newest);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(key, said);
    return said;
  }

  private ask(context: readonly number[]): Said | undefined {
    const { own, target } = this.bridge;
    const text = textOf(context, target.vocabulary);
    const follower = new Follower(own, own.spell(text).tokens);
    for (let step = 0; step < MOST_STEPS; step++) {
      const guess = this.table.next(follower.tokens);
      if (!guess || !follower.guess(guess.token, guess.probability)) break;
      // What follows could still change the first token until a border behind it is settled.
      if (target.spell(follower.ahead).settled > 0) break;
    }
    const { tokens, probabilities } = translate(follower.ahead, follower.aheadTokens(), target, 1);
    const [token] = tokens;
    return token === undefined ? undefined : { token, probability: probabilities![0]! };
  }
}
