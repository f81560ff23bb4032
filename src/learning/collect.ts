import type { DraftSession } from '../engine/drafts/draft.ts';
import { LONGEST } from '../engine/policy/listen.ts';
import { LONGEST_NEURAL } from '../engine/policy/planner.ts';
import type { Policy } from '../engine/policy/policy.ts';
import type { Assistant } from '../service/assistant.ts';
import { type CompletionJob, complete } from '../service/jobs.ts';
import { policyOf } from '../service/policies.ts';
import type { ArmColumns, LogRecord } from './log.ts';
import { ownOutput } from './ownOutput.ts';
import { rougeL } from './rouge.ts';

/** How many chances of a proposal are kept. */
const CHANCES = 8;
/** Tokens of the prompt's end whose kinds are kept. */
export const PROMPT_KINDS = 32;

/** A request to record, and where it belongs in splits and tables. */
export interface RecordedJob extends CompletionJob {
  readonly id: string;
  readonly group: string;
  readonly class: string;
  readonly naturalLanguage?: string | undefined;
}

/**
 * Decode a request and record what every draft would have said at every position of the target's path.
 * @param kinds kind of every token, see tokenKinds.
 */
export async function recordJob(
  assistant: Assistant,
  job: RecordedJob,
  kinds: Uint8Array,
  options: { readonly keepTokens: boolean; readonly signal: AbortSignal },
): Promise<LogRecord> {
  const { signal } = options;
  const rule = policyOf('rule', assistant);
  let prompt: readonly number[] = [];
  const policy: Policy = {
    id: 'recorded',
    begin(context) {
      prompt = context.prompt;
      return rule.begin(context);
    },
  };
  const { ids } = await complete(assistant, job, { policy, signal, onPieces: () => undefined });
  const original = job.original === undefined ? undefined : assistant.tokenizer.encode(job.original);

  const arms: Record<string, ArmColumns> = {};
  const own: Record<string, number> = {};
  const firsts: number[][] = ids.map(() => []);
  for (const draft of assistant.drafts) {
    // Each draft walks the path by itself, so an ensemble opens its own members.
    const session = draft.open({ prompt, language: job.language, original });
    const longest = assistant.costs.drafts[draft.id] ? LONGEST_NEURAL : LONGEST;
    arms[draft.id] = await walk(session, ids, firsts, kinds, longest, signal);
    const alone = draft.open({ prompt, language: job.language, original });
    const written = await ownOutput(alone, ids.length, LONGEST_NEURAL, signal);
    own[draft.id] = Number(rougeL(written, ids).toFixed(3));
  }
  return {
    id: job.id,
    group: job.group,
    language: job.language,
    task: 'complete',
    class: job.class,
    promptLength: prompt.length,
    promptKinds: prompt.slice(-PROMPT_KINDS).map((token) => kinds[token]!),
    kinds: ids.map((token) => kinds[token]!),
    arms,
    own,
    ...(job.naturalLanguage === undefined ? {} : { naturalLanguage: job.naturalLanguage }),
    ...(options.keepTokens ? { ids: [...ids] } : {}),
  };
}

/** Ask one draft at every position of the path. @param firsts wrong first tokens of all drafts so far, to name them alike. */
async function walk(
  session: DraftSession,
  path: readonly number[],
  firsts: readonly number[][],
  kinds: Uint8Array,
  longest: number,
  signal: AbortSignal,
): Promise<ArmColumns> {
  const columns = {
    match: [] as number[],
    said: [] as number[],
    right: [] as number[],
    first: [] as number[],
    kind: [] as number[],
  };
  const sure: number[][] = [];
  for (const [at, token] of path.entries()) {
    const { tokens, probabilities } = await session.propose(longest, signal);
    let right = 0;
    while (right < tokens.length && tokens[right] === path[at + right]) right++;
    columns.match.push(session.matchLength());
    columns.said.push(tokens.length);
    columns.right.push(right);
    columns.first.push(tokens.length === 0 ? 0 : right > 0 ? 1 : 2 + labelOf(tokens[0]!, firsts[at]!));
    columns.kind.push(tokens.length === 0 ? 0 : (kinds[tokens[0]!] ?? 0));
    if (probabilities) sure.push(probabilities.slice(0, CHANCES).map((value) => Math.round(100 * value)));
    session.commit([token]);
  }
  return sure.length === path.length ? { ...columns, sure } : columns;
}

function labelOf(token: number, known: number[]): number {
  const at = known.indexOf(token);
  return at >= 0 ? at : known.push(token) - 1;
}
