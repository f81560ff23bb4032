import type { Outcome, RequestContext } from './policy.ts';
import { TOKEN_KINDS } from './tokenKinds.ts';

/** What a draft has to say in this round, as far as it can be known before the target has looked. */
export interface Evidence {
  readonly id: string;
  /** Class of the draft for the network; see {@link ARM_CLASSES}. */
  readonly arm: number;
  /** Tokens of matching text behind the proposal; 0 for drafts that do not copy. */
  readonly match: number;
  /** What it says; undefined for a draft that costs time to ask. */
  readonly tokens: readonly number[] | undefined;
  readonly probabilities: readonly number[] | undefined;
  /** Tokens that it would have to catch up on before it can guess. */
  readonly behind: number;
}

/** Drafts are told apart by these classes; neural drafts by whether they were made for the language. */
export const ARM_CLASSES = ['lookup', 'suffix', 'ngram', 'edit', 'stack', 'home', 'foreign'] as const;

/** The class of a draft as an index into {@link ARM_CLASSES}. */
export function armClass(id: string, languages: readonly string[], language: string): number {
  const name = id.replace(/^ensemble:/, '');
  const known = (ARM_CLASSES as readonly string[]).indexOf(name);
  if (known >= 0) return known;
  return ARM_CLASSES.indexOf(languages.includes(language) ? 'home' : 'foreign');
}

/** Groups of languages that decode alike. */
const LANGUAGES: readonly RegExp[] = [
  /^typescript/,
  /^javascript/,
  /^python$/,
  /^(markdown|restructuredtext|plaintext|latex|html)$/,
  /^(json|jsonc|yaml|toml|ini|css|scss)$/,
];
export const LANGUAGE_CLASSES = LANGUAGES.length + 1;

/** The group of a language, 0 … LANGUAGE_CLASSES − 1. */
export function languageClass(language: string): number {
  const found = LANGUAGES.findIndex((pattern) => pattern.test(language));
  return found < 0 ? LANGUAGES.length : found;
}

const TASKS = ['complete', 'summarize', 'translate'];

const KINDS = TOKEN_KINDS.length;
const NEWLINE = TOKEN_KINDS.indexOf('newline');
/** Drafts whose agreement says something, as classes. */
const WITNESSES = (['suffix', 'ngram', 'edit'] as const).map((name) => ARM_CLASSES.indexOf(name));

const SHARED = 2 * KINDS + LANGUAGE_CLASSES + TASKS.length + 3;
const OWN = ARM_CLASSES.length + 12 + 2 * WITNESSES.length + KINDS;

/** Numbers that describe one draft in one round: those of the round, then those of the draft. */
export const FEATURES = SHARED + OWN;

/** How much a round moves the memory of how a draft did. */
const MEMORY = 0.25;

interface Memory {
  /** Share of rounds whose first guess was right. */
  first: number;
  /** Mean of log2(1 + right guesses). */
  run: number;
}

/** What is known while a request is decoded, kept up to date round by round, and put into numbers for the network. */
export class Features {
  private readonly language: number;
  private readonly task: number;
  private readonly promptLength: number;
  private generated = 0;
  private column = 0;
  private last = 0;
  private beforeLast = 0;
  private readonly memories = new Map<string, Memory>();

  /** @param kinds kind of every token, see tokenKinds. */
  constructor(
    { language, task, prompt }: RequestContext,
    private readonly kinds: Uint8Array,
  ) {
    this.language = languageClass(language);
    this.task = Math.max(0, TASKS.indexOf(task));
    this.promptLength = prompt.length;
    for (const token of prompt.slice(-32)) this.take(token);
    this.generated = 0;
  }

  /** Write the numbers of the round, the same for all drafts. */
  writeShared(to: Float64Array): void {
    to.fill(0, 0, SHARED);
    let at = 0;
    to[at + this.last] = 1;
    at += KINDS;
    to[at + this.beforeLast] = 1;
    at += KINDS;
    to[at + this.language] = 1;
    at += LANGUAGE_CLASSES;
    to[at + this.task] = 1;
    at += TASKS.length;
    to[at++] = Math.log2(1 + this.column) / 5;
    to[at++] = Math.log2(1 + this.generated) / 6;
    to[at] = Math.log2(1 + this.promptLength) / 10;
  }

  /** Write the numbers of one draft, given what all have to say. */
  writeOwn(to: Float64Array, own: Evidence, all: readonly Evidence[]): void {
    to.fill(0, SHARED, FEATURES);
    let at = SHARED;
    to[at + own.arm] = 1;
    at += ARM_CLASSES.length;
    const { match, tokens = [], probabilities } = own;
    const memory = this.memories.get(own.id);
    to[at++] = Math.log2(1 + match) / 6;
    to[at++] = match === 1 ? 1 : 0;
    to[at++] = match === 2 ? 1 : 0;
    to[at++] = match >= 3 && match <= 5 ? 1 : 0;
    to[at++] = match > 16 ? 1 : 0;
    to[at++] = probabilities?.[0] ?? 0;
    to[at++] = probabilities ? product(probabilities, 3) : 0;
    to[at++] = probabilities ? product(probabilities, 8) : 0;
    to[at++] = memory ? 1 : 0;
    to[at++] = memory?.first ?? 0;
    to[at++] = (memory?.run ?? 0) / 4;
    to[at++] = tokens.length >= 8 ? 1 : tokens.length / 8;
    for (const witness of WITNESSES) {
      const other = all.find(({ arm }) => arm === witness);
      const said = other?.tokens?.[0];
      to[at++] = said === undefined ? 0 : 1;
      to[at++] = said !== undefined && said === tokens[0] ? 1 : 0;
    }
    if (tokens.length > 0) to[at + this.kinds[tokens[0]!]!] = 1;
  }

  /** Take over a round: what came of it, and so what every draft that has spoken was worth. */
  observe({ committed, draft, drafted, accepted }: Outcome, all: readonly Evidence[]): void {
    for (const { id, tokens } of all) {
      if (tokens && tokens.length > 0) this.remember(id, agreement(tokens, committed));
      else if (id === draft && drafted > 0) this.remember(id, accepted);
    }
    for (const token of committed) this.take(token);
  }

  private remember(id: string, right: number): void {
    const run = Math.log2(1 + right);
    const first = right > 0 ? 1 : 0;
    const memory = this.memories.get(id);
    if (!memory) {
      this.memories.set(id, { first, run });
      return;
    }
    memory.first += MEMORY * (first - memory.first);
    memory.run += MEMORY * (run - memory.run);
  }

  private take(token: number): void {
    this.beforeLast = this.last;
    this.last = this.kinds[token] ?? 0;
    this.column = this.last === NEWLINE ? 0 : this.column + 1;
    this.generated++;
  }
}

function product(values: readonly number[], count: number): number {
  let result = 1;
  for (let i = 0; i < count; i++) result *= values[i] ?? 0;
  return result;
}

/** Tokens at the start of `guess` that are those of `text`. */
export function agreement(guess: readonly number[], text: readonly number[]): number {
  let n = 0;
  while (n < guess.length && n < text.length && guess[n] === text[n]) n++;
  return n;
}
