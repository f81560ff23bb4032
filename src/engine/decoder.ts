import type { Draft, DraftSession } from './drafts/draft.ts';
import { type Finish, Output, type StopRules } from './output.ts';
import type { Choice, Policy } from './policy/policy.ts';
import type { Sampler } from './sampling.ts';
import type { Target, Vocabulary } from './target.ts';

/** Prompt tokens scored between two looks at the cancellation signal: some ten milliseconds' worth. */
const PREFILL_CHUNK = 64;

export interface DecodeRequest {
  /** At least one token. */
  readonly prompt: readonly number[];
  readonly language: string;
  /** `complete`, `summarize`, `translate`: what a policy may go by. */
  readonly task: string;
  readonly stop: StopRules;
  /** Bytes at the start of the output that stand before the cursor already (token healing). */
  readonly skipBytes: number;
  /** Tokens of the text that the output is to replace, when it rewrites something. */
  readonly original?: readonly number[] | undefined;
  /** The name of the request's own file in the index, where it completes one. */
  readonly own?: string | undefined;
}

/** Who decodes. The target and the drafts' models keep KV from request to request; nothing else is kept. */
export interface Ensemble {
  readonly target: Target;
  readonly vocabulary: Vocabulary;
  readonly drafts: readonly Draft[];
  readonly policy: Policy;
}

/** A piece of text as it streams, with the id of the draft that guessed it; `undefined`: the target's own. */
export interface Piece {
  readonly text: string;
  readonly draft: string | undefined;
}

/** How often a draft was asked, and what came of it. */
export interface DraftCount {
  rounds: number;
  drafted: number;
  accepted: number;
}

export interface DecodeResult {
  readonly text: string;
  readonly finish: Finish;
  /** Tokens of the output, the end token not counted. */
  readonly tokens: number;
  /** Passes of the target after prefill. */
  readonly rounds: number;
  /** Prompt tokens that had to be read, because the KV of the last job did not hold them. */
  readonly prefilled: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly drafts: Readonly<Record<string, DraftCount>>;
  readonly millis: { readonly prefill: number; readonly decode: number };
  /** Every token decoded, the end token and tokens cut from the text included. */
  readonly ids: readonly number[];
}

/**
 * Speculative decoding (Leviathan et al., 2022): a draft proposes, the target scores the proposal in one
 * pass, and tokens are accepted as long as they are what the target would have chosen itself. The output is
 * a function of target, prompt and sampler alone.
 *
 * @param onPieces called with the text of each round as soon as it is final.
 */
export async function decode(
  ensemble: Ensemble,
  request: DecodeRequest,
  sampler: Sampler,
  signal: AbortSignal,
  onPieces: (pieces: Piece[]) => void,
): Promise<DecodeResult> {
  const { target } = ensemble;
  const output = new Output(ensemble.vocabulary, request.stop, request.skipBytes);
  const counts: Record<string, DraftCount> = {};
  const ids: number[] = [];
  let rounds = 0;

  const started = performance.now();
  const { read, whole } = await prefill(target, request.prompt, signal);
  let finish: Finish | undefined = whole ? undefined : 'cancelled';
  const prefilled = performance.now();

  const { prompt, language, task, original, own } = request;
  const sessions = new Map<string, DraftSession>();
  for (const draft of finish ? [] : ensemble.drafts) {
    const used = ensemble.policy.uses?.(draft.id) ?? true;
    if (used) sessions.set(draft.id, draft.open({ prompt, language, original, own, sessions }));
  }
  const selector = ensemble.policy.begin({ language, task, prompt });
  let last = prompt[prompt.length - 1]!;

  while (!finish) {
    if (signal.aborted) {
      finish = 'cancelled';
      break;
    }
    const room = target.contextLength - target.length;
    if (room < 2) {
      finish = 'length';
      break;
    }
    const choice = selector.choose(sessions);
    const limit = Math.min(room - 2, request.stop.maxTokens - ids.length - 1);
    const guesses = await propose(sessions, choice, limit, signal);
    const proposal = knownTokens(guesses, ensemble.vocabulary.size);
    const base = target.length;
    const passed = performance.now();
    const scores = await target.score([last, ...proposal], sampler.need());
    const millis = performance.now() - passed;
    rounds++;

    const pieces: Piece[] = [];
    const committed: number[] = [];
    let accepted = 0;
    for (let row = 0; row <= proposal.length && !finish; row++) {
      const token = sampler.choose(scores, row);
      const agreed = row < proposal.length && token === proposal[row];
      if (agreed) accepted++;
      sampler.commit(token);
      committed.push(token);
      finish = output.push(token);
      const text = output.take(finish !== undefined);
      if (text) pieces.push({ text, draft: agreed ? choice?.draft : undefined });
      if (!agreed) break;
    }
    ids.push(...committed);
    last = committed[committed.length - 1]!;
    // The KV of `last` is not there yet: the next round scores it. Rows behind it were wrong guesses.
    target.truncate(base + committed.length);
    for (const session of sessions.values()) session.commit(committed);

    const draft = proposal.length > 0 ? choice?.draft : undefined;
    if (draft) {
      counts[draft] ??= { rounds: 0, drafted: 0, accepted: 0 };
      const count = counts[draft];
      count.rounds++;
      count.drafted += proposal.length;
      count.accepted += accepted;
    }
    selector.observe({ draft, drafted: proposal.length, accepted, committed, millis });
    if (pieces.length > 0) onPieces(pieces);
  }

  if (finish === 'cancelled') output.abandon();
  const rest = output.take(true);
  if (rest) onPieces([{ text: rest, draft: undefined }]);
  const all = Object.values(counts);
  return {
    text: output.text,
    finish,
    tokens: output.tokens,
    rounds,
    prefilled: read,
    drafted: all.reduce((sum, count) => sum + count.drafted, 0),
    accepted: all.reduce((sum, count) => sum + count.accepted, 0),
    drafts: counts,
    millis: { prefill: prefilled - started, decode: performance.now() - prefilled },
    ids,
  };
}

/**
 * Bring the target to hold all of the prompt but its last token, which the first round scores.
 * @param chunk tokens between two looks at the signal.
 * @returns the number of tokens read, and whether that was all.
 */
export async function prefill(
  target: Target,
  prompt: readonly number[],
  signal: AbortSignal,
  chunk = PREFILL_CHUNK,
): Promise<{ read: number; whole: boolean }> {
  const last = prompt.length - 1;
  const kept = Math.min(target.resume(prompt), last);
  target.truncate(kept);
  while (target.length < last && !signal.aborted) {
    const end = Math.min(target.length + chunk, last);
    await target.score(prompt.slice(target.length, end), 'nothing');
  }
  return { read: target.length - kept, whole: target.length >= last };
}

async function propose(
  sessions: ReadonlyMap<string, DraftSession>,
  choice: Choice | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (!choice || limit < 1) return [];
  if (choice.tokens) return choice.tokens.slice(0, Math.min(choice.length, limit));
  const session = sessions.get(choice.draft);
  if (!session) throw new Error(`the policy chose a draft that is not in the pool: ${choice.draft}`);
  const { tokens } = await session.propose(Math.min(choice.length, limit), signal);
  return tokens.slice(0, limit);
}

/** The tokens before the first that the target does not have: a draft's vocabulary may be padded further. */
function knownTokens(tokens: readonly number[], size: number): readonly number[] {
  const strange = tokens.findIndex((token) => !(Number.isInteger(token) && token >= 0 && token < size));
  return strange < 0 ? tokens : tokens.slice(0, strange);
}
