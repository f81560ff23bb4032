import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { say } from '../words.ts';

/** A run of the command line's program that tells how far it is. */
export interface ProgramRequest<Progress> {
  /** The command line's program. */
  readonly program: string;
  /** What follows the command's name. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What became of a run that did not do its work. */
export type NotDone =
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: string; readonly message: string };

/** What a line tells: what the work came to, or how far it is; undefined for a line that is neither. */
export type Told<Done, Progress> = { readonly done: Done } | { readonly progress: Progress } | undefined;

/** A line with which every command ends that failed. */
const failureLine = z.object({ failure: z.object({ reason: z.string(), message: z.string() }) });

/** Letters of the program's own words that are kept. */
const MOST_SAID = 2000;

/**
 * Run a command of the command line in a process of its own, which computes for minutes, and read its lines. Aborting the signal
 * lets it stop in order: what has come so far is kept. Never throws.
 * @param command its name, in words. @param ended the reason where it ends without a word
 */
export async function outcomeOf<Done, Progress>(
  request: ProgramRequest<Progress>,
  command: readonly string[],
  ended: string,
  read: (value: unknown) => Told<Done, Progress>,
): Promise<Done | NotDone> {
  let outcome: Done | NotDone | undefined;
  const said = await lastWords(request, command, (value) => {
    const failed = failureLine.safeParse(value).data;
    if (failed) outcome = { type: 'failed', ...failed.failure };
    const told = read(value);
    if (told && 'done' in told) outcome = told.done;
    else if (told) request.onProgress(told.progress);
  });
  if (outcome) return outcome;
  return request.signal.aborted ? { type: 'stopped' } : { type: 'failed', reason: ended, message: said };
}

function lastWords(
  { program, args, env, signal }: ProgramRequest<never>,
  command: readonly string[],
  onLine: (value: unknown) => void,
): Promise<string> {
  if (signal.aborted) return Promise.resolve('');
  const child = fork(program, [...command, ...args, '--json'], {
    execArgv: [],
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (data) => {
    said = `${said}${data}`.slice(-MOST_SAID);
  });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (text) => onLine(jsonOf(text)));
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve) => {
    const end = (otherwise: string) => {
      signal.removeEventListener('abort', stop);
      resolve(said.trim() || otherwise);
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, by) => end(say('the program ended ({0}).', by ?? code ?? '?')));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
