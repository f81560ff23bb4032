// This folder: adds models: what may be chosen, and the command line's program that does it.

import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { say } from '../words.ts';

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
export function addInProcess({ program, args, env, signal, onProgress }: AddRequest): Promise<Added> {
  if (signal.aborted) return Promise.resolve({ type: 'stopped' });
  const child = fork(program, ['models', 'add', ...args, '--json'], {
    execArgv: [],
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let outcome: Added | undefined;
  let said = '';
  child.stderr?.on('data', (data) => {
    said = `${said}${data}`.slice(-MOST_SAID);
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const read = line.safeParse(jsonOf(text)).data;
      if (!read) return;
      if ('model' in read) outcome = { type: 'added', ...read.model };
      else if ('failure' in read) outcome = { type: 'failed', ...read.failure };
      else onProgress(read);
    });
  }
  // What has come so far is kept; the program stops in order.
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve) => {
    const end = (otherwise: string) => {
      signal.removeEventListener('abort', stop);
      if (outcome) resolve(outcome);
      else if (signal.aborted) resolve({ type: 'stopped' });
      else resolve({ type: 'failed', reason: 'add-ended', message: said.trim() || otherwise });
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, by) => end(say('the program that adds models ended ({0}).', by ?? code ?? '?')));
  });
}

/** Letters of the program's own words that are kept. */
const MOST_SAID = 2000;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
