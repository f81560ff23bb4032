// This folder: adds and tunes models: what may be chosen, and the command line's program that does it.

import * as z from 'zod';
import { type NotDone, outcomeOf, type ProgramRequest } from './program.ts';

/** How far adding is: a part of the work, and the megabytes of it. */
export interface AddProgress {
  readonly part: 'loading' | 'converting' | 'copying';
  readonly percent: number;
  readonly total: number;
}

/** What became of adding a model. */
export type Added = { readonly type: 'added'; readonly name: string; readonly bytes: number } | NotDone;

/** A line of `slipstream models add --json`. */
const line = z.union([
  z.object({
    part: z.enum(['loading', 'converting', 'copying']),
    percent: z.number(),
    total: z.number(),
  }),
  z.object({ model: z.object({ name: z.string(), bytes: z.number() }) }),
]);

export type AddRequest = ProgramRequest<AddProgress>;

/** Adds a model in a process of its own: a conversion computes for minutes, and only it loads and asks servers. Never throws. */
export function addInProcess(request: AddRequest): Promise<Added> {
  return outcomeOf<Added, AddProgress>(request, ['models', 'add'], 'add-ended', (value) => {
    const read = line.safeParse(value).data;
    if (!read) return undefined;
    return 'model' in read ? { done: { type: 'added', ...read.model } } : { progress: read };
  });
}
