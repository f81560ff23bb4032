/** What a draft may know of a request before it starts. */
export interface DraftContext {
  /** Tokens of the prompt, in the target's vocabulary. */
  readonly prompt: readonly number[];
  /** The editor's language id, for instance `typescript`. */
  readonly language: string;
  /** Tokens of the text that the output is to replace, when it rewrites something. */
  readonly original?: readonly number[] | undefined;
  /** Sessions of the same request that were opened before: an ensemble builds on them instead of opening its own. */
  readonly sessions?: ReadonlyMap<string, DraftSession> | undefined;
}

/** Guessed tokens, in order. May be shorter than asked for, or empty when the draft has nothing to say. */
export interface Proposal {
  readonly tokens: readonly number[];
  /** For each token, how likely the draft holds it given that those before are right; where it can tell. */
  readonly probabilities?: readonly number[] | undefined;
}

/** One draft at work on one request. */
export interface DraftSession {
  /** Take over tokens that the target has committed. */
  commit(tokens: readonly number[]): void;
  /** Length in tokens of the text match behind the next proposal; 0 for drafts that do not copy. */
  matchLength(): number;
  /** Tokens of text that it would have to catch up on before it can guess; 0 for drafts that copy. */
  behind(): number;
  /**
   * Guess up to `limit` tokens (limit ≥ 1). A draft may be wrong at will: the target decides. A slow draft
   * looks at `signal` between its passes and gives what it has.
   */
  propose(limit: number, signal: AbortSignal): Proposal | Promise<Proposal>;
}

/** A session whose guesses cost next to nothing, so that it answers at once. */
export interface InstantSession extends DraftSession {
  readonly instant: true;
  propose(limit: number, signal?: AbortSignal): Proposal;
}

/** Whether a session answers at once. */
export function isInstant(session: DraftSession): session is InstantSession {
  return 'instant' in session && session.instant === true;
}

/** A source of guesses. Nothing it does can change the output, only the time it takes. */
export interface Draft {
  readonly id: string;
  /** Language ids this draft was made for; empty when it serves all. */
  readonly languages: readonly string[];
  /** Start on a request. Sessions of a draft are used one at a time. */
  open(context: DraftContext): DraftSession;
}

/** A draft that computes nothing: it looks up or copies. */
export interface InstantDraft extends Draft {
  open(context: DraftContext): InstantSession;
}
