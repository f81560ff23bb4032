import * as z from 'zod';
import { type NotDone, outcomeOf, type ProgramRequest } from './program.ts';

const PARTS = ['measuring', 'recording', 'training', 'comparing'] as const;

/** How far tuning is: a part of the work, and hundredths of it. */
export interface TuneProgress {
  readonly part: (typeof PARTS)[number];
  readonly percent: number;
}

/** What became of tuning a model. */
export type Tuned =
  | {
      readonly type: 'tuned';
      readonly name: string;
      /** Whether the new policy is used; else the one before stays. */
      readonly better: boolean;
      /** In replay of what was held out: plain decoding's time over that with the policy. */
      readonly before: number;
      readonly after: number;
    }
  | NotDone;

/** A line of `slipstream models tune --json`. */
const line = z.union([
  z.object({ part: z.enum(PARTS), percent: z.number() }),
  z.object({
    tuned: z.object({ name: z.string(), better: z.boolean(), before: z.number(), after: z.number() }),
  }),
]);

export type TuneRequest = ProgramRequest<TuneProgress>;

/** Tunes a model in a process of its own, beside the one that writes meanwhile. Never throws. */
export function tuneInProcess(request: TuneRequest): Promise<Tuned> {
  return outcomeOf<Tuned, TuneProgress>(request, ['models', 'tune'], 'tune-ended', (value) => {
    const read = line.safeParse(value).data;
    if (!read) return undefined;
    return 'tuned' in read ? { done: { type: 'tuned', ...read.tuned } } : { progress: read };
  });
}

/** What tuning goes by: settings of the extension, and the folders of the workspace. */
export interface TuneWishes {
  readonly model: string;
  readonly folders: readonly string[];
  /** Patterns of files that are not read, a list for each folder. */
  readonly excluded: readonly (readonly string[])[];
  readonly pool: readonly string[];
  readonly threads: number;
  readonly provider: string;
  readonly memory: string;
  /** Where measured times are kept, as the worker keeps them; empty where there is no place. */
  readonly storage: string;
}

/** What follows `models tune`. Values stand behind a `=`, since a pattern may begin with a dash. */
export function tuneArguments(wishes: TuneWishes): string[] {
  const { model, folders, excluded, pool, threads, provider, memory, storage } = wishes;
  return [
    model,
    ...folders.map((folder) => `--files=${folder}`),
    ...patternsOf(excluded).map((pattern) => `--exclude=${pattern}`),
    ...(pool.length > 0 ? [`--drafts=${pool.join(',')}`] : []),
    ...[`--threads=${threads}`, `--provider=${provider}`, `--memory=${memory}`],
    ...(storage === '' ? [] : [`--storage=${storage}`]),
  ];
}

/** One list for all folders. */
function patternsOf([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  const same = others.every(
    (list) => list.length === first.length && list.every((each, i) => each === first[i]),
  );
  if (same) return first;
  // What one folder takes in again must not be read in another.
  return [...new Set([first, ...others].flat())].filter((pattern) => !pattern.startsWith('!'));
}
