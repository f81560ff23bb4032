// This folder: decoding, healing, sampling, stop rules: no process, no file, no editor.

import type { Draft, DraftSession, Proposal, RequestText } from './drafts/draft.ts';
import { type Finish, Output, type StopRules } from './output.ts';
import { type Decision, isQuestion, type Policy } from './policy/policy.ts';
import { begin } from './reading.ts';
import type { Sampler } from './sampling.ts';
import type { Scores, Target, Vocabulary } from './target.ts';

export interface DecodeRequest {
  /** At least one token. */
  readonly prompt: readonly number[];
  readonly language: string;
  /** `complete`, `summarize`, `translate`: what a policy may go by. */
  readonly task: string;
  readonly stop: StopRules;
  /** Bytes at the start of the output that stand before the cursor already (token healing). */
  readonly skipBytes: number;
  /** The text that the prompt was made of, where it is a completion's. */
  readonly text?: Omit<RequestText, 'ahead'> | undefined;
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
  /** Tokens of the prompt that are read between two looks at the signal; without it 64. */
  readonly slice?: number;
  /**
   * Somebody waits for the first letter: drafts read nothing while the target reads, since passes and their kernels take turns on one
   * thread. What they have not read in advance (`reading.ts`) they catch up on when they are asked.
   */
  readonly awaited?: boolean;
}

/** A piece of text as it streams, with the id of the draft that guessed it; `undefined`: the target's own. */
export interface Piece {
  readonly text: string;
  readonly draft: string | undefined;
}

/** How often a draft was asked, and what came of it. */
interface DraftCount {
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
  const { target, vocabulary } = ensemble;
  const output = new Output(vocabulary, request.stop, request.skipBytes);
  const counts: Record<string, DraftCount> = {};
  const ids: number[] = [];
  let rounds = 0;

  const { prompt, language, task } = request;
  const started = performance.now();
  const { sessions, text, read, whole } = await begin(ensemble, request, signal);
  let finish: Finish | undefined = whole ? undefined : 'cancelled';
  const prefilled = performance.now();
  const selector = ensemble.policy.begin({ language, task, prompt, text });
  const writing: Writing = { target, vocabulary, sessions, sampler, output, signal };
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
    const decision = selector.choose(sessions);
    const limit = Math.min(room - 2, request.stop.maxTokens - ids.length - 1);
    const made = await round(writing, decision, last, limit);
    const { draft, committed, pieces } = made;
    rounds++;
    finish = made.end;
    ids.push(...committed);
    last = committed[committed.length - 1]!;
    if (draft) count(counts, draft, made.drafted, made.accepted);
    selector.observe(made);
    if (pieces.length > 0)
      onPieces(pieces.map(({ text, agreed }) => ({ text, draft: agreed ? draft : undefined })));
  }

  if (finish === 'cancelled') output.abandon();
  const rest = output.take(true);
  if (rest) onPieces([{ text: rest, draft: undefined }]);
  return {
    text: output.text,
    finish,
    tokens: output.tokens,
    rounds,
    prefilled: read,
    ...totalsOf(counts),
    drafts: counts,
    millis: { prefill: prefilled - started, decode: performance.now() - prefilled },
    ids,
  };
}

/** What every round of a request works with. */
interface Writing {
  readonly target: Target;
  readonly vocabulary: Vocabulary;
  readonly sessions: ReadonlyMap<string, DraftSession>;
  readonly sampler: Sampler;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What a round came to, with the draft whose guess it was, the tokens of it and the milliseconds of the pass. */
type Round = Accepted & {
  readonly draft: string | undefined;
  readonly drafted: number;
  readonly millis: number;
};

/** Propose, score in one pass, and keep what the sampler agrees with: in the output, in the target, in every draft's session. */
async function round(
  { target, vocabulary, sessions, sampler, output, signal }: Writing,
  decision: Decision,
  last: number,
  limit: number,
): Promise<Round> {
  const guess = await propose(sessions, decision, limit, signal);
  const proposal = knownTokens(guess.tokens, vocabulary.size);
  const base = target.length;
  const passed = performance.now();
  const scores = await target.score([last, ...proposal], sampler.need());
  const millis = performance.now() - passed;
  const accepted = accept(proposal, scores, sampler, output);
  const { committed } = accepted;
  // The KV of the last token is not there yet: the next round scores it. Rows behind it were wrong guesses.
  target.truncate(base + committed.length);
  for (const session of sessions.values()) session.commit(committed);
  const draft = proposal.length > 0 ? guess.draft : undefined;
  return { ...accepted, draft, drafted: proposal.length, millis };
}

interface Accepted {
  readonly committed: readonly number[];
  readonly accepted: number;
  readonly pieces: readonly { readonly text: string; readonly agreed: boolean }[];
  readonly end: Finish | undefined;
}

/** What a pass came to: tokens as long as guesses are what the sampler chooses, and its own behind the last of them. */
function accept(proposal: readonly number[], scores: Scores, sampler: Sampler, output: Output): Accepted {
  const committed: number[] = [];
  const pieces: { text: string; agreed: boolean }[] = [];
  let accepted = 0;
  let end: Finish | undefined;
  for (let row = 0; row <= proposal.length && !end; row++) {
    const token = sampler.choose(scores, row);
    const agreed = row < proposal.length && token === proposal[row];
    if (agreed) accepted++;
    sampler.commit(token);
    committed.push(token);
    end = output.push(token);
    const text = output.take(end !== undefined);
    if (text) pieces.push({ text, agreed });
    if (!agreed) break;
  }
  return { committed, accepted, pieces, end };
}

function count(counts: Record<string, DraftCount>, draft: string, drafted: number, accepted: number): void {
  counts[draft] ??= { rounds: 0, drafted: 0, accepted: 0 };
  const own = counts[draft];
  own.rounds++;
  own.drafted += drafted;
  own.accepted += accepted;
}

function totalsOf(counts: Readonly<Record<string, DraftCount>>): { drafted: number; accepted: number } {
  const all = Object.values(counts);
  return {
    drafted: all.reduce((sum, count) => sum + count.drafted, 0),
    accepted: all.reduce((sum, count) => sum + count.accepted, 0),
  };
}

/** Tokens that were guessed, and by whom. */
interface Guess {
  readonly draft: string | undefined;
  readonly tokens: readonly number[];
}

async function propose(
  sessions: ReadonlyMap<string, DraftSession>,
  first: Decision,
  limit: number,
  signal: AbortSignal,
): Promise<Guess> {
  if (limit < 1) return { draft: undefined, tokens: [] };
  const ask = async (id: string, length: number): Promise<Proposal> => {
    const session = sessions.get(id);
    if (!session) throw new Error(`the policy chose a draft that is not in the pool: ${id}`);
    return session.propose(Math.min(length, limit), signal);
  };
  let decision = first;
  while (isQuestion(decision)) decision = decision.decide(await ask(decision.ask, decision.length));
  if (!decision) return { draft: undefined, tokens: [] };
  const { draft, length } = decision;
  const tokens = decision.tokens ?? (await ask(draft, length)).tokens;
  return { draft, tokens: tokens.slice(0, Math.min(length, limit)) };
}

/** The tokens before the first that the target does not have: a draft's vocabulary may be padded further. */
function knownTokens(tokens: readonly number[], size: number): readonly number[] {
  const strange = tokens.findIndex((token) => !(Number.isInteger(token) && token >= 0 && token < size));
  return strange < 0 ? tokens : tokens.slice(0, strange);
}
