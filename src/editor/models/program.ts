import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { say } from '../words.ts';

/** A run of the command line's program. */
export interface ProgramRun {
  /** The command line's program. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told of every line that is JSON. */
  readonly onLine: (value: unknown) => void;
}

/** Letters of the program's own words that are kept. */
const MOST_SAID = 2000;

/**
 * Run the command line in a process of its own, which computes for minutes, and be told its lines. Aborting the signal lets it stop
 * in order. Never throws.
 * @returns its last words, for where no line has said what came of it.
 */
export function runProgram({ program, args, env, signal, onLine }: ProgramRun): Promise<string> {
  if (signal.aborted) return Promise.resolve('');
  const child = fork(program, [...args], { execArgv: [], env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
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
