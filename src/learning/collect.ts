import { type DraftSession, FAR_ENOUGH } from '../engine/drafts/draft.ts';
import { LONGEST, LONGEST_NEURAL } from '../engine/policy/listen.ts';
import type { Policy, RequestContext } from '../engine/policy/policy.ts';
import { type CompletionJob, complete, shownJob } from '../inference/jobs.ts';
import type { Pipeline } from '../inference/pipeline.ts';
import { policyOf } from '../inference/policies.ts';
import { secretsIn } from '../secrets/scan.ts';
import { type ArmColumns, type LogRecord, SUPPORT } from './log.ts';
import { ownOutput } from './ownOutput.ts';
import { rougeL } from './rouge.ts';

/** Tokens of the prompt's end whose kinds are kept. */
const PROMPT_KINDS = 32;

/** Wider passes read the prompt. */
const MOST_ROWS = 48;
/** Every so many rounds one is made as wide as the next of these, so that all widths are timed. */
const TIMED_EVERY = 3;
const TIMED_LENGTHS = [3, 7, 15, 5, 31, 11, 23, 47];

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
  pipeline: Pipeline,
  asked: RecordedJob,
  kinds: Uint8Array,
  options: { readonly keepTokens: boolean; readonly signal: AbortSignal },
): Promise<LogRecord> {
  const job = shownJob(asked);
  const { signal } = options;
  let begun: RequestContext | undefined;
  const rule = policyOf('rule', pipeline);
  const policy = timing(rule, (context) => {
    begun = context;
  });
  const passes: [number, number, number][] = [];
  pipeline.target.onPass = (rows, past, millis) => {
    if (rows <= MOST_ROWS) passes.push([rows, past, Math.round(1000 * millis)]);
  };
  const { ids, text: written } = await complete(pipeline, job, { policy, signal, onPieces: () => undefined });
  pipeline.target.onPass = undefined;
  const original = job.original === undefined ? undefined : pipeline.tokenizer.encode(job.original);

  const { prompt = [], text } = begun ?? {};
  const context = { prompt, text, language: job.language, original, own: job.path };
  const arms: Record<string, ArmColumns> = {};
  const own: Record<string, number> = {};
  const wrongs: number[][] = [];
  for (const draft of pipeline.drafts) {
    // Each draft walks the path by itself, so an ensemble opens its own members.
    const session = draft.open(context);
    const longest = pipeline.costs.drafts[draft.id] ? LONGEST_NEURAL : LONGEST;
    arms[draft.id] = await walk(session, ids, wrongs, kinds, longest, signal);
    const alone = draft.open(context);
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
    passes,
    ...(job.naturalLanguage === undefined ? {} : { naturalLanguage: job.naturalLanguage }),
    // What looks like a secret is not kept, though nobody copied it.
    ...(options.keepTokens && secretsIn(written).length === 0 ? { ids: [...ids] } : {}),
  };
}

/** A policy that now and then drafts whatever comes, for the time that it takes: the text does not depend on it. */
function timing(policy: Policy, onBegin: (context: RequestContext) => void): Policy {
  let round = 0;
  return {
    id: 'recorded',
    begin(context) {
      onBegin(context);
      const selector = policy.begin(context);
      return {
        observe: (outcome) => selector.observe(outcome),
        choose(sessions) {
          const choice = selector.choose(sessions);
          if (round++ % TIMED_EVERY > 0) return choice;
          const length = TIMED_LENGTHS[Math.floor(round / TIMED_EVERY) % TIMED_LENGTHS.length]!;
          const [draft = ''] = sessions.keys();
          return { draft, length, tokens: new Array<number>(length).fill(context.prompt.at(-1)!) };
        },
      };
    },
  };
}

/**
 * Ask one draft at every position of the path.
 * @param wrongs wrong tokens of all drafts so far by place of the path, to name them alike; it is added to.
 */
async function walk(
  session: DraftSession,
  path: readonly number[],
  wrongs: number[][],
  kinds: Uint8Array,
  longest: number,
  signal: AbortSignal,
): Promise<ArmColumns> {
  const columns = {
    match: [] as number[],
    said: [] as number[],
    right: [] as number[],
    wrong: [] as number[][],
    kinds: [] as string[],
  };
  const sure: number[][] = [];
  const support: number[][] = [];
  for (const [at, token] of path.entries()) {
    const { tokens, probabilities } = await session.propose(longest, signal);
    let right = 0;
    while (right < tokens.length && tokens[right] === path[at + right]) right++;
    columns.match.push(session.matchLength());
    columns.said.push(tokens.length);
    columns.right.push(right);
    columns.wrong.push(
      tokens.slice(right, FAR_ENOUGH).map((each, i) => labelOf(each, at + right + i, wrongs)),
    );
    columns.kinds.push(
      tokens
        .slice(0, FAR_ENOUGH)
        .map((each) => (kinds[each] ?? 0).toString(16))
        .join(''),
    );
    if (probabilities) sure.push(probabilities.slice(0, FAR_ENOUGH).map((value) => Math.round(100 * value)));
    const behind = session.support?.();
    if (behind) support.push(withoutLastZeros(SUPPORT.map((name) => behind[name])));
    session.commit([token]);
  }
  const full = (list: number[][]) => list.length === path.length;
  return { ...columns, ...(full(sure) ? { sure } : {}), ...(full(support) ? { support } : {}) };
}

function withoutLastZeros(values: readonly number[]): number[] {
  let length = values.length;
  while (length > 0 && values[length - 1] === 0) length--;
  return values.slice(0, length);
}

function labelOf(token: number, place: number, wrongs: number[][]): number {
  wrongs[place] ??= [];
  const known = wrongs[place];
  const at = known.indexOf(token);
  return at >= 0 ? at : known.push(token) - 1;
}
