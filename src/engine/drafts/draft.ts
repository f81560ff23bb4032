// This folder: what a draft is, and a guard around one that may fail.

/** The text around the cursor of a completion, for drafts that read it in tokens and a layout of their own. */
export interface RequestText {
  /** Path as it should be shown to a model, `/` between folders. */
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Bytes at the end of {@link prefix} that stand behind the target's prompt: the output begins with them. */
  readonly ahead: number;
}

/** What a draft may know of a request before it starts. */
export interface DraftContext {
  /** Tokens of the prompt, in the target's vocabulary. */
  readonly prompt: readonly number[];
  /** The editor's language id, for instance `typescript`. */
  readonly language: string;
  /** The text that the prompt was made of, where it is a completion's. */
  readonly text?: RequestText | undefined;
  /** Tokens of the text that the output is to replace, when it rewrites something. */
  readonly original?: readonly number[] | undefined;
  /** The name of the request's own file in an index of texts, where it has one. */
  readonly own?: string | undefined;
  /** Sessions of the same request that were opened before: an ensemble builds on them instead of opening its own. */
  readonly sessions?: ReadonlyMap<string, DraftSession> | undefined;
}

/** Guessed tokens, in order. May be shorter than asked for, or empty when the draft has nothing to say. */
export interface Proposal {
  readonly tokens: readonly number[];
  /** For each token, how likely the draft holds it given that those before are right; where it can tell. */
  readonly probabilities?: readonly number[] | undefined;
}

/**
 * What stands behind a proposal that was copied: how sure it is beside the length of the match. A session keeps one and
 * overwrites it.
 */
export interface Support {
  /** Places with the match among those looked at; 0 where they are not counted. */
  places: number;
  /** How many of them go on with the first token of the proposal. */
  agreeing: number;
  /** Tokens along which the newest two of these places go on alike, at most {@link FAR_ENOUGH}. */
  along: number;
  /** Length of the match of the source that lost, this request's text or the index. */
  second: number;
  /** Tokens along which both sources say the same, at most {@link FAR_ENOUGH}. */
  echoed: number;
  /** 1 when the copy is from the index, 0 from the text of this request. */
  far: number;
  /** Tokens at the start of the proposal that are copied. */
  copied: number;
  /** Of an ensemble's first token: 0 copied unasked, 1 the table's own, 2 both say it. */
  source: number;
}

/** Proposals are compared this far. */
export const FAR_ENOUGH = 8;

export function noSupport(): Support {
  return { places: 0, agreeing: 0, along: 0, second: 0, echoed: 0, far: 0, copied: 0, source: 0 };
}

/** One draft at work on one request. */
export interface DraftSession {
  /** Take over tokens that the target has committed. */
  commit(tokens: readonly number[]): void;
  /** Length in tokens of the text match behind the next proposal; 0 for drafts that do not copy. */
  matchLength(): number;
  /** Tokens of text that it would have to catch up on before it can guess; 0 for drafts that copy. */
  behind(): number;
  /** Catch up on the text while nobody waits for a guess, until the signal is aborted; where that takes time. */
  prepare?(signal: AbortSignal): Promise<void>;
  /**
   * Guess up to `limit` tokens (limit ≥ 1). A draft may be wrong at will: the target decides. A slow draft
   * looks at `signal` between its passes and gives what it has.
   */
  propose(limit: number, signal: AbortSignal): Proposal | Promise<Proposal>;
  /** What stands behind the last proposal, where a draft can tell; the next one overwrites it. */
  support?(): Readonly<Support>;
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
