// This folder: what became of suggestions and what drafting gained, counted on this machine alone.

import * as z from 'zod';
import type { JobResult } from '../../worker/protocol.ts';

/** What a draft did in a language: rounds it was chosen for, tokens it guessed, tokens that were right. */
const draftCounts = z.object({ rounds: z.number(), drafted: z.number(), accepted: z.number() });

const counts = z.object({
  /** The day they are of, `2026-11-29`. */
  day: z.string(),
  /** Requests that ended with something to show, by where it came from. */
  shown: z.record(z.string(), z.number()),
  accepted: z.number(),
  /** Accepted word by word or line by line. */
  partly: z.number(),
  rejected: z.number(),
  characters: z.number(),
  /** Accepted text that was still there after 30 seconds and after 5 minutes, of as many that were looked at. */
  kept: z.record(z.string(), z.object({ still: z.number(), looked: z.number() })),
  jobs: z.number(),
  /** Jobs that ended before they were done. */
  cancelled: z.number(),
  tokens: z.number(),
  /** Milliseconds of decoding, and what the same tokens would have taken without drafts. */
  decodeMillis: z.number(),
  plainMillis: z.number(),
  /** By language, then by draft. */
  drafts: z.record(z.string(), z.record(z.string(), draftCounts)),
});

/** The counts of a day. Numbers only, never text. */
export type Counts = z.infer<typeof counts>;
export type DraftCounts = z.infer<typeof draftCounts>;

/** The counts of a day on which nothing has happened yet. */
export function newCounts(day: string): Counts {
  return {
    ...{ day, shown: {}, accepted: 0, partly: 0, rejected: 0, characters: 0, kept: {} },
    ...{ jobs: 0, cancelled: 0, tokens: 0, decodeMillis: 0, plainMillis: 0, drafts: {} },
  };
}

/** Counts as they were kept; those of another day, or what somebody else left there, count as nothing. */
export function countsOf(kept: unknown, day: string): Counts {
  const read = counts.safeParse(kept);
  return read.success && read.data.day === day ? read.data : newCounts(day);
}

/**
 * Count a job.
 * @param tokenMillis milliseconds of a token without drafts, as measured on this machine; undefined where it is not known
 */
export function countJob(
  into: Counts,
  language: string,
  result: JobResult,
  tokenMillis: number | undefined,
): void {
  into.jobs++;
  if (result.type !== 'done') {
    into.cancelled++;
    return;
  }
  // What a server wrote says nothing of drafts.
  if (result.server !== undefined) return;
  into.tokens += result.tokens;
  into.decodeMillis += result.millis.decode;
  into.plainMillis += result.tokens * (tokenMillis ?? result.millis.decode / Math.max(1, result.tokens));
  into.drafts[language] ??= {};
  add(into.drafts[language], result.drafts);
}

/** How often each draft was chosen, over all languages. */
export function chosen({ drafts }: Counts): Readonly<Record<string, DraftCounts>> {
  const sums: Record<string, DraftCounts> = {};
  for (const byDraft of Object.values(drafts)) add(sums, byDraft);
  return sums;
}

function add(into: Record<string, DraftCounts>, more: Readonly<Record<string, DraftCounts>>): void {
  for (const [id, { rounds, drafted, accepted }] of Object.entries(more)) {
    const old = into[id] ?? { rounds: 0, drafted: 0, accepted: 0 };
    into[id] = {
      rounds: old.rounds + rounds,
      drafted: old.drafted + drafted,
      accepted: old.accepted + accepted,
    };
  }
}
