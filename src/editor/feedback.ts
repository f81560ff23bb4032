import * as z from 'zod';
import type { FeedbackParams } from '../worker/protocol.ts';
import type { Generation } from './completion/generation.ts';

export type Verdict = FeedbackParams['verdict'];

/** Counts of verdicts, and of tokens by draft in what was judged so. Numbers only, never text. */
const languageCounts = z.object({
  good: z.number(),
  bad: z.number(),
  drafts: z.record(z.string(), z.object({ good: z.number(), bad: z.number() })),
});
const feedbackCounts = z.record(z.string(), languageCounts);

/** By language id. */
export type FeedbackCounts = z.infer<typeof feedbackCounts>;

/** Where the counts are kept; the part of VS Code's memento that is needed. */
export interface CountStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'feedback';

/** What came of a verdict. */
export type FeedbackResult = 'counted' | 'nothing-shown' | 'still-running' | 'counted-before';

/** The counts with one more verdict, or with one taken back. */
export function withVerdict(
  counts: FeedbackCounts,
  { verdict, language, drafts }: FeedbackParams,
  by: 1 | -1 = 1,
): FeedbackCounts {
  const old = counts[language] ?? { good: 0, bad: 0, drafts: {} };
  const byDraft = { ...old.drafts };
  for (const [id, tokens] of Object.entries(drafts)) {
    const count = byDraft[id] ?? { good: 0, bad: 0 };
    byDraft[id] = { ...count, [verdict]: Math.max(0, count[verdict] + by * tokens) };
  }
  const changed = { ...old, [verdict]: Math.max(0, old[verdict] + by), drafts: byDraft };
  return { ...counts, [language]: changed };
}

/**
 * What the user thinks of suggestions: counted for the workspace and told to the worker. Nothing of it leaves the machine.
 * A suggestion has one verdict; another one replaces it.
 */
export class Feedback {
  private judged: { readonly generation: Generation; readonly given: FeedbackParams } | undefined;

  constructor(
    private readonly store: CountStore,
    private readonly send: (params: FeedbackParams) => void,
  ) {}

  /** The counts so far. What somebody else has left there counts as nothing. */
  get counts(): FeedbackCounts {
    const read = feedbackCounts.safeParse(this.store.get(KEY));
    return read.success ? read.data : {};
  }

  /** Take a verdict on the job behind what was shown last. */
  async give(verdict: Verdict, shown: Generation | undefined): Promise<FeedbackResult> {
    if (!shown) return 'nothing-shown';
    // Which drafts it came from is known when the job has ended.
    if (shown.finish === 'running') return 'still-running';
    const before = this.judged?.generation === shown ? this.judged.given : undefined;
    if (before?.verdict === verdict) return 'counted-before';
    const given = { verdict, language: shown.context.language, drafts: { ...shown.drafts } };
    this.judged = { generation: shown, given };
    const cleared = before ? withVerdict(this.counts, before, -1) : this.counts;
    const counts = withVerdict(cleared, given);
    this.send(given);
    await this.store.update(KEY, counts);
    return 'counted';
  }
}

/** What the user is told. */
export function answerTo(result: FeedbackResult): string {
  switch (result) {
    case 'counted':
      return 'Slipstream: thank you. Counted on this machine only.';
    case 'counted-before':
      return 'Slipstream: this suggestion was counted already.';
    case 'still-running':
      return 'Slipstream: the suggestion is still being written. Try again in a moment.';
    case 'nothing-shown':
      return 'Slipstream: no suggestion was shown yet.';
  }
}
