import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tell } from './load.ts';

/** Tells a process that another one looks after it. */
const MARK = 'SLIPSTREAM_SUPERVISED';

/** How processes end when the runtime, the scripts' engine or the system finds no memory left. */
const ENDS = new Set(['SIGABRT', 'SIGTRAP', 'SIGSEGV', 'SIGBUS', 'SIGKILL', 'SIGILL']);

/** Where the last words of a process begin that has run out of memory: a dump that helps nobody. */
const LAST_WORDS =
  /^(?!slipstream: ).*bad_alloc|^(<---|#|FATAL ERROR|node:internal|terminate called|\s*what\(\):|\[\d+:0x)/;

/**
 * Run the program. Where memory is limited it can end anywhere without a word, so there it runs in a process of its own,
 * and this one says what happened; elsewhere it costs nothing.
 * @param file the program. @returns the exit status.
 */
export function supervise(file: string, main: () => Promise<number>): Promise<number> {
  if (process.env[MARK] !== undefined) {
    delete process.env[MARK];
    return main();
  }
  return memoryIsLimited() ? runApart(file) : main();
}

function memoryIsLimited(): boolean {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  return /max[-_](old|semi|heap)/.test(flags) || addressSpace() !== undefined;
}

/** The limit of the address space in bytes, as `ulimit -v` sets it; undefined where there is none, or nobody says. */
function addressSpace(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const limit = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

function runApart(file: string): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, file, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'pipe'],
    env: { ...process.env, [MARK]: '1' },
  });
  let dump = '';
  let told = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (dump !== '' || LAST_WORDS.test(line)) dump += `${line}\n`;
    told = /not enough memory(?!.*meanwhile)/.test(line);
    if (dump === '' && line !== '') console.error(line);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A terminal tells both; a second time would end the other one before it can stop in order.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      tell(`The program could not be started (${error.message}). Raise the limit of memory.`);
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(ended(code, signal, dump, told)));
  });
}

/**
 * The exit status for a program that has ended; where it ran out of memory and did not tell itself, that is told.
 * @param dump its last words.
 */
function ended(code: number | null, signal: NodeJS.Signals | null, dump: string, told: boolean): number {
  const ranOut = code === 134 || /memory|alloc/i.test(dump);
  if (signal === null && !ranOut) {
    if (dump !== '') process.stderr.write(dump);
    return code ?? 1;
  }
  if (signal !== null && !ENDS.has(signal)) return signal === 'SIGINT' ? 130 : 1;
  if (told) return 1;
  const limit = addressSpace();
  const which = limit === undefined ? 'The limit' : `The limit of ${Math.round(limit / 2 ** 20)} MiB`;
  tell(`There is not enough memory. ${which} that is set is too low: raise it, or take a smaller model.`);
  return 1;
}
