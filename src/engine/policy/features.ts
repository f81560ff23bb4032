import type { SparseRow } from '../../selection/sparseRow.ts';
import { FAR_ENOUGH } from '../drafts/draft.ts';
import { languageClass } from './armClasses.ts';
import * as at from './layout.ts';
import type { HeardDraft } from './listen.ts';
import type { RequestContext, RoundOutcome } from './policy.ts';
import { TOKEN_KINDS } from './tokenKinds.ts';

const NEWLINE = TOKEN_KINDS.indexOf('newline');
const OPENING = TOKEN_KINDS.indexOf('opening');
const CLOSING = TOKEN_KINDS.indexOf('closing');
const QUOTE = TOKEN_KINDS.indexOf('quote');

/** How much a round moves the mean of how a draft did. */
const STEP = 0.25;
/** Deeper brackets are as deep. */
const DEEPEST = 4;
/** Drafts that a request can have. */
const MOST_DRAFTS = 16;

/** Logarithms of whole numbers, which are asked for often. */
const LOGS = Float64Array.from({ length: 1024 }, (_, value) => Math.log2(1 + value));

/** A draft that is surer than this of a token is seldom wrong. */
const SURE = 0.9;

/** The best plan of a round without a draft that has not spoken yet. */
export interface Beside {
  /** Tokens that it is expected to bring, the target's own included. */
  readonly gain: number;
  /** Chance that its first guess is right; 0 where it guesses nothing. */
  readonly chance: number;
}

/** What is known while a request is decoded, kept up to date round by round, and put into numbers for the network. */
export class Features {
  private readonly language: number;
  private readonly task: number;
  private readonly promptLength: number;
  private generated = 0;
  private column = 0;
  private depth = 0;
  private quotes = 0;
  private last = 0;
  private beforeLast = 0;
  /** Mean of log2 of the tokens of a round. */
  private pace = 1;
  /** Of each draft: whether it was judged; share of rounds whose first guess was right; mean of log2(1 + right guesses). */
  private readonly judged = new Uint8Array(MOST_DRAFTS);
  private readonly first = new Float64Array(MOST_DRAFTS);
  private readonly run = new Float64Array(MOST_DRAFTS);

  /** @param kinds kind of every token, see tokenKinds. */
  constructor(
    { language, task, prompt }: RequestContext,
    private readonly kinds: Uint8Array,
  ) {
    this.language = languageClass(language);
    this.task = Math.max(0, (at.TASKS as readonly string[]).indexOf(task));
    this.promptLength = prompt.length;
    for (let i = Math.max(0, prompt.length - 32); i < prompt.length; i++) this.take(prompt[i]!);
    this.generated = 0;
  }

  /** Write the numbers of the round, the same for all drafts. */
  writeShared(to: SparseRow): void {
    to.clear();
    to.set(at.LAST_KIND + this.last, 1);
    to.set(at.BEFORE_LAST + this.beforeLast, 1);
    to.set(at.LANGUAGE + this.language, 1);
    to.set(at.TASK + this.task, 1);
    to.set(at.LENGTHS, log(this.column) / 5);
    to.set(at.LENGTHS + 1, log(this.generated) / 6);
    to.set(at.LENGTHS + 2, log(this.promptLength) / 10);
    to.set(at.LINE, Math.min(this.depth, DEEPEST) / DEEPEST);
    to.set(at.LINE + 1, this.quotes % 2);
    to.set(at.PACE, this.pace / 3);
  }

  /**
   * Write the numbers of one draft, given what all have to say.
   * @param beside the best plan without it, where it costs time and has not spoken.
   */
  writeOwn(to: SparseRow, own: HeardDraft, all: readonly HeardDraft[], beside?: Beside): void {
    to.clear();
    const { match, slot } = own;
    to.set(at.ARM + own.arm, 1);
    to.set(at.MATCH, log(match) / 6);
    if (match === 1) to.set(at.MATCH + 1, 1);
    else if (match === 2) to.set(at.MATCH + 2, 1);
    else if (match >= 3 && match <= 5) to.set(at.MATCH + 3, 1);
    else if (match > 16) to.set(at.MATCH + 4, 1);
    if (this.judged[slot] === 1) {
      to.set(at.ROUNDS_BEFORE, 1);
      to.set(at.ROUNDS_BEFORE + 1, this.first[slot]!);
      to.set(at.ROUNDS_BEFORE + 2, this.run[slot]! / 4);
    }
    if (own.probabilities) writeChances(to, own.probabilities);
    if (own.tokens && own.tokens.length > 0) this.writeTokens(to, own.tokens, all);
    if (own.support) writeSupport(to, own.support);
    const spoken = own.timed ? own : spokenOf(all);
    if (spoken?.tokens && spoken.tokens.length > 0) writeSpoken(to, own, spoken);
    else if (beside) {
      to.set(at.BESIDE, Math.log2(beside.gain) / 4);
      to.set(at.BESIDE + 1, beside.chance);
      to.set(at.BESIDE + 2, beside.chance > 0 ? 1 : 0);
    }
  }

  /** Take over a round: what came of it, and so what every draft that has spoken was worth. */
  observe({ committed, draft, drafted, accepted }: RoundOutcome, all: readonly HeardDraft[]): void {
    for (let i = 0; i < all.length; i++) {
      const { id, tokens, slot } = all[i]!;
      // Of a draft that was not chosen only a few tokens are known, so no more count of any.
      if (tokens && tokens.length > 0) this.remember(slot, agreement(tokens, committed, FAR_ENOUGH));
      else if (id === draft && drafted > 0) this.remember(slot, Math.min(accepted, FAR_ENOUGH));
    }
    this.pace += STEP * (log(committed.length - 1) - this.pace);
    for (let i = 0; i < committed.length; i++) this.take(committed[i]!);
  }

  private writeTokens(to: SparseRow, tokens: readonly number[], all: readonly HeardDraft[]): void {
    const { kinds } = this;
    to.set(at.SAID, Math.min(FAR_ENOUGH, tokens.length) / FAR_ENOUGH);
    for (let i = 0; i < at.WITNESSES.length; i++) {
      const said = witness(all, at.WITNESSES[i]!)?.tokens;
      if (!said || said.length === 0) continue;
      if (i < 3) {
        to.set(at.AGREEING + 2 * i, 1);
        if (said[0] === tokens[0]) to.set(at.AGREEING + 2 * i + 1, 1);
      }
      if (said === tokens) continue;
      const same = agreement(tokens, said, FAR_ENOUGH);
      to.set(at.ALIKE + 2 * i, same / FAR_ENOUGH);
      // As far as both go they say the same.
      if (same > 0 && same >= Math.min(tokens.length, said.length, FAR_ENOUGH))
        to.set(at.ALIKE + 2 * i + 1, 1);
    }
    to.set(at.FIRST_KIND + kinds[tokens[0]!]!, 1);
    if (tokens.length > 1) to.set(at.SECOND_KIND + kinds[tokens[1]!]!, 1);
    const seen = Math.min(tokens.length, FAR_ENOUGH);
    for (let i = 0; i < seen; i++) {
      if (kinds[tokens[i]!] !== NEWLINE) continue;
      to.set(at.LINE_END, 1);
      to.set(at.LINE_END + 1, i / FAR_ENOUGH);
      break;
    }
  }

  private remember(slot: number, right: number): void {
    const run = log(right);
    const first = right > 0 ? 1 : 0;
    if (this.judged[slot] === 0) {
      this.judged[slot] = 1;
      this.first[slot] = first;
      this.run[slot] = run;
      return;
    }
    this.first[slot]! += STEP * (first - this.first[slot]!);
    this.run[slot]! += STEP * (run - this.run[slot]!);
  }

  private take(token: number): void {
    this.beforeLast = this.last;
    const kind = this.kinds[token] ?? 0;
    this.last = kind;
    this.generated++;
    if (kind === NEWLINE) {
      this.column = 0;
      this.depth = 0;
      this.quotes = 0;
      return;
    }
    this.column++;
    if (kind === OPENING) this.depth++;
    else if (kind === CLOSING) this.depth = Math.max(0, this.depth - 1);
    else if (kind === QUOTE) this.quotes++;
  }
}

function writeChances(to: SparseRow, chances: readonly number[]): void {
  const count = Math.min(chances.length, FAR_ENOUGH);
  let all = 1;
  for (let i = 0; i < count; i++) {
    const chance = chances[i]!;
    all *= chance;
    if (i === 0) to.set(at.CHANCES, chance);
    else if (i === 1) {
      to.set(at.MORE_CHANCES, chance);
      to.set(at.MORE_CHANCES + 1, all);
    } else if (i === 2) to.set(at.CHANCES + 1, all);
    else if (i === 4) to.set(at.MORE_CHANCES + 2, all);
    else if (i === 7) to.set(at.CHANCES + 2, all);
  }
}

/** The draft that costs time and has spoken in this round. */
function spokenOf(all: readonly HeardDraft[]): HeardDraft | undefined {
  for (let i = 0; i < all.length; i++) if (all[i]!.timed && all[i]!.tokens) return all[i];
  return undefined;
}

/** What a draft that costs time has said tells of a guess, its own or another's. */
function writeSpoken(to: SparseRow, own: HeardDraft, spoken: HeardDraft): void {
  const { tokens = [], probabilities = [], more } = spoken;
  to.set(at.SPOKEN + (more ? 0 : 1), 1);
  to.set(at.SPOKEN_CHANCE, probabilities[0] ?? 0);
  to.set(at.SPOKEN_CHANCE + 1, (probabilities[0] ?? 0) > SURE ? 1 : 0);
  if (own === spoken || !own.tokens || own.tokens.length === 0) return;
  const same = agreement(own.tokens, tokens, FAR_ENOUGH);
  to.set(at.SPOKEN_ALIKE, same > 0 ? 1 : 0);
  to.set(at.SPOKEN_ALIKE + 1, same === 0 ? (probabilities[0] ?? 0) : 0);
  to.set(at.SPOKEN_ALIKE + 2, same / FAR_ENOUGH);
}

function writeSupport(to: SparseRow, support: NonNullable<HeardDraft['support']>): void {
  const { places, agreeing, along, second, echoed, far, copied, source } = support;
  if (places > 0) {
    to.set(at.OCCURRENCES, 1);
    to.set(at.OCCURRENCES + 1, log(places) / 6);
    to.set(at.OCCURRENCES + 2, agreeing / places);
    if (places > 1 && agreeing === places) to.set(at.OCCURRENCES + 3, 1);
    if (places >= 5 && agreeing === places) to.set(at.OCCURRENCES + 4, 1);
  }
  to.set(at.ALONG, along / FAR_ENOUGH);
  to.set(at.ALONG + 1, along >= FAR_ENOUGH ? 1 : 0);
  to.set(at.SECOND, log(second) / 6);
  to.set(at.SECOND + 1, echoed / FAR_ENOUGH);
  to.set(at.SECOND + 2, echoed > 0 ? 1 : 0);
  to.set(at.SOURCE, far);
  to.set(at.SOURCE + 1, Math.min(copied, FAR_ENOUGH) / FAR_ENOUGH);
  to.set(at.SOURCE + 2 + source, 1);
}

/** The draft of a class that has something to say. */
function witness(all: readonly HeardDraft[], arm: number): HeardDraft | undefined {
  for (let i = 0; i < all.length; i++) if (all[i]!.arm === arm) return all[i];
  return undefined;
}

function log(value: number): number {
  return value < LOGS.length ? LOGS[value]! : Math.log2(1 + value);
}

/** Tokens at the start of `guess` that are those of `text`, at most `most`. */
export function agreement(
  guess: readonly number[],
  text: readonly number[],
  most = Number.POSITIVE_INFINITY,
): number {
  const length = Math.min(guess.length, text.length, most);
  let n = 0;
  while (n < length && guess[n] === text[n]) n++;
  return n;
}
