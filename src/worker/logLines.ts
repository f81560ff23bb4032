import { inspect } from 'node:util';

/** What begins a line that only somebody who looks for a fault wants to see. */
const DETAIL = 'trace: ';

/** Log a failure of the worker: its sentence, and where it came from as a detail. */
export function logFailure(message: string, error: unknown): void {
  console.error(message);
  for (const line of inspect(error).split('\n')) console.error(DETAIL + line);
}

/** A line that the worker wrote, and whether it is a detail: a line of a stack. */
export function readLine(line: string): { readonly text: string; readonly detail: boolean } {
  if (line.startsWith(DETAIL)) return { text: line.slice(DETAIL.length), detail: true };
  return { text: line, detail: /^\s+at |^node:internal|^\s*\^+\s*$/.test(line) };
}
