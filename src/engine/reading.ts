import type { DecodeRequest, Ensemble } from './decoder.ts';
import type { Draft, DraftSession, RequestText } from './drafts/draft.ts';
import type { Target } from './target.ts';

/** Prompt tokens scored between two looks at the cancellation signal, where what passes cost is not known. */
const SLICE = 64;

/** Open the drafts that the policy uses on a prompt. */
function openDrafts(
  { drafts, policy }: Ensemble,
  { prompt, language, original, own, ...request }: Omit<DecodeRequest, 'stop' | 'task'>,
): { readonly sessions: ReadonlyMap<string, DraftSession>; readonly text: RequestText | undefined } {
  const text = request.text && { ...request.text, ahead: request.skipBytes };
  const sessions = new Map<string, DraftSession>();
  for (const draft of drafts) {
    if (policy.uses && !policy.uses(draft.id)) continue;
    sessions.set(draft.id, draft.open({ prompt, language, text, original, own, sessions }));
  }
  return { sessions, text };
}

/** Sessions of the drafts that were made for a language, or for all. */
function atHome(
  drafts: readonly Draft[],
  sessions: ReadonlyMap<string, DraftSession>,
  language: string,
): DraftSession[] {
  const home = drafts.filter(({ languages }) => languages.length === 0 || languages.includes(language));
  return home.flatMap(({ id }) => sessions.get(id) ?? []);
}

/**
 * Read the prompt with the target, and open the drafts. Unless somebody waits, those that were made for the language read theirs
 * meanwhile: what is not read when the target is ready is caught up on when a draft is asked.
 */
export async function begin(
  ensemble: Ensemble,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<ReturnType<typeof openDrafts> & Awaited<ReturnType<typeof prefill>>> {
  const { target, drafts, slice, awaited } = ensemble;
  const reading = prefill(target, request.prompt, signal, slice);
  const ready = new AbortController();
  const enough = AbortSignal.any([signal, ready.signal]);
  let preparing: Promise<void> | undefined;
  let opened: ReturnType<typeof openDrafts>;
  try {
    opened = openDrafts(ensemble, request);
    if (!awaited) preparing = prepare(atHome(drafts, opened.sessions, request.language), enough);
  } finally {
    // Whatever happens, nothing may be at work on the models when this ends.
    await reading.catch(() => undefined);
    ready.abort();
    await preparing;
  }
  return { ...opened, ...(await reading) };
}

/** Read a prompt that may be asked for next, with the target first and then with the drafts that were made for its language. */
export async function readAhead(
  ensemble: Ensemble,
  request: Omit<DecodeRequest, 'stop' | 'task'>,
  signal: AbortSignal,
): Promise<void> {
  const { whole } = await prefill(ensemble.target, request.prompt, signal, ensemble.slice);
  if (!whole) return;
  const { sessions } = openDrafts(ensemble, request);
  await prepare(atHome(ensemble.drafts, sessions, request.language), signal);
}

async function prepare(sessions: readonly DraftSession[], signal: AbortSignal): Promise<void> {
  for (const session of sessions) {
    if (signal.aborted) return;
    await session.prepare?.(signal);
  }
}

/**
 * Bring the target to hold all of the prompt but its last token, which the first round scores.
 * @param slice tokens between two looks at the signal.
 * @returns the number of tokens read, and whether that was all.
 */
export async function prefill(
  target: Target,
  prompt: readonly number[],
  signal: AbortSignal,
  slice = SLICE,
): Promise<{ read: number; whole: boolean }> {
  const last = prompt.length - 1;
  const kept = Math.min(target.resume(prompt), last);
  // Forgetting nothing is not forgetting all: a target may hold other texts too.
  if (target.length > kept) target.truncate(kept);
  while (target.length < last && !signal.aborted) {
    const end = Math.min(target.length + slice, last);
    await target.score(prompt.slice(target.length, end), 'nothing');
  }
  return { read: target.length - kept, whole: target.length >= last };
}
