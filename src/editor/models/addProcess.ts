// This folder: adds and tunes models: what may be chosen, and the command line's program that does it.

import * as z from 'zod';
import { runProgram } from './program.ts';

/** How far adding is: a part of the work, and the megabytes of it. */
export interface AddProgress {
  readonly part: 'loading' | 'converting' | 'copying';
  readonly percent: number;
  readonly total: number;
}

/** What became of adding a model. */
export type Added =
  | { readonly type: 'added'; readonly name: string; readonly bytes: number }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: string; readonly message: string };

/** A line of `slipstream models add --json`. */
const line = z.union([
  z.object({
    part: z.enum(['loading', 'converting', 'copying']),
    percent: z.number(),
    total: z.number(),
  }),
  z.object({ model: z.object({ name: z.string(), bytes: z.number() }) }),
  z.object({ failure: z.object({ reason: z.string(), message: z.string() }) }),
]);

export interface AddRequest {
  /** The command line's program. */
  readonly program: string;
  /** What follows `models add`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: AddProgress) => void;
}

/** Adds a model in a process of its own: a conversion computes for minutes, and only it loads and asks servers. Never throws. */
export async function addInProcess({ program, args, env, signal, onProgress }: AddRequest): Promise<Added> {
  let outcome: Added | undefined;
  const onLine = (value: unknown) => {
    const read = line.safeParse(value).data;
    if (!read) return;
    if ('model' in read) outcome = { type: 'added', ...read.model };
    else if ('failure' in read) outcome = { type: 'failed', ...read.failure };
    else onProgress(read);
  };
  // What has come so far is kept where it is stopped.
  const said = await runProgram({ program, args: ['models', 'add', ...args, '--json'], env, signal, onLine });
  if (outcome) return outcome;
  return signal.aborted ? { type: 'stopped' } : { type: 'failed', reason: 'add-ended', message: said };
}
