import { causeOf, failureOf } from '../errors.ts';

/** What the process ends with. */
export const EXIT = {
  done: 0,
  /** What was asked for could not be done; the sentence says why. */
  failed: 1,
  /** A fault of the program's own, as in sysexits.h. */
  internal: 70,
} as const;

/** The sentence for anything that a command threw, and how the process ends. */
export function commandFailure(error: unknown): { readonly sentence: string; readonly exitCode: number } {
  const { reason, message } = failureOf(error);
  if (reason !== 'internal') return { sentence: message, exitCode: EXIT.failed };
  const sentence = `${message} Run again with --verbose and report what it prints.`;
  return { sentence, exitCode: EXIT.internal };
}

/** The sentence for output that went nowhere. */
export function outputFailure(error: unknown): string {
  return `The output cannot be written: ${causeOf(error)}. Send it elsewhere, or make room.`;
}

/**
 * The sentence for wrong arguments.
 * @param text what commander says: `error: `, a message, and perhaps a guess at what was meant on the next line.
 * @param names the command's own name behind those of the commands that it belongs to.
 */
export function usageFailure(text: string, names: readonly string[]): string {
  const [message = '', ...more] = text
    .replace(/^error: /, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const guess = more.map((line) => line.replace(/^\((.*)\)$/, '$1')).join(' ');
  const sentence = `${message.replace(/\.$/, '')}.`;
  const own = names.length > 1 ? `«${names.join(' ')} --help» says what it takes, ` : '';
  const parts = [sentence, guess, `${own}«slipstream --help» ${own ? '' : 'shows '}what there is.`];
  return parts.filter((part) => part !== '').join(' ');
}
