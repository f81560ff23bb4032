import type { Draft, InstantDraft } from '../engine/drafts/draft.ts';
import { AverageDraft, type NeuralMember } from '../engine/drafts/ensembles/average.ts';
import type { TokenModel } from '../engine/drafts/ensembles/stack.ts';
import { VoteDraft } from '../engine/drafts/ensembles/vote.ts';
import { guarded } from '../engine/drafts/guarded.ts';
import type { DraftTimes } from '../engine/policy/costs.ts';
import { messageOf } from '../errors.ts';

/** An ensemble that is asked only where it is chosen by name: measured, it does not pay (see `bench/`). */
export interface EnsembleEntry {
  readonly id: string;
  readonly kind: 'ensemble';
  readonly languages: readonly string[];
  readonly description: string;
  readonly draft: Draft;
  /** What its guesses cost; undefined where they cost next to nothing. */
  readonly times: DraftTimes | undefined;
}

/** A loaded neural draft as a member. */
interface TimedMember extends NeuralMember {
  readonly times: DraftTimes;
}

/** What ensembles are made of. */
export interface EnsembleParts {
  readonly copying: readonly InstantDraft[];
  readonly table: TokenModel | undefined;
  readonly neural: readonly TimedMember[];
  /** Tokens of the vocabulary. */
  readonly vocabulary: number;
  /** As for a neural draft alone: how likely a guess must still be for the next one to be looked at. */
  readonly leastChance: number;
}

/** The vote over the instant drafts, and the average where neural drafts are loaded. */
export function ensembleDrafts({
  copying,
  table,
  neural,
  vocabulary,
  leastChance,
}: EnsembleParts): EnsembleEntry[] {
  const entries = [
    entry(
      new VoteDraft(copying, table),
      'token by token a weighted vote of the drafts that cost nothing',
      undefined,
    ),
  ];
  if (neural.length === 0) return entries;
  const average = guarded(
    new AverageDraft({ neural, copying, table }, vocabulary, leastChance),
    (id, error) => console.error(`Draft ${id} failed and is left out of this request: ${messageOf(error)}`),
  );
  const times = averageTimes(neural, vocabulary);
  return [...entries, entry(average, 'the average of all drafts, the small models included; slow', times)];
}

function entry(draft: Draft, description: string, times: DraftTimes | undefined): EnsembleEntry {
  return { id: draft.id, kind: 'ensemble', languages: draft.languages, description, draft, times };
}

/** A guess is a step of every member and the averaging of their distributions, which is timed here. */
function averageTimes(neural: readonly TimedMember[], vocabulary: number): DraftTimes {
  const rows = neural.map(() => new Float32Array(vocabulary).fill(1 / vocabulary));
  const sum = new Float32Array(vocabulary);
  let averaging = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 20; repeat++) {
    const started = performance.now();
    for (const row of rows) for (let i = 0; i < vocabulary; i++) sum[i]! += Math.exp(row[i]!);
    averaging = Math.min(averaging, performance.now() - started);
  }
  const total = (part: keyof DraftTimes) => neural.reduce((sum, { times }) => sum + times[part], 0);
  return { token: total('token') + averaging, catchUp: total('catchUp') };
}
