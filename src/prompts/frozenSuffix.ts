/**
 * The text after the cursor stands before the text that one types, so any change of it throws the KV cache of the
 * rest away. While one types it hardly changes, but it does change a little: the editor closes a bracket, the cut of
 * the window moves by a line. A text that was shown in the last prompt may then stay in its place (Copilot's prompt
 * does so too).
 */

/**
 * `same`: it is what would be shown now. `line`: only brackets and quotes on the cursor's line are missing, which will be
 * typed through soon, and which a suggestion that closes them replaces. `near`: those of a block are missing too.
 */
export type Agreement = 'same' | 'line' | 'near' | 'other';

/** What an editor closes by itself, at the start of the text after the cursor, over line ends. */
const CLOSERS = /^[\s)\]}>"'`;,]*/;
/** More brackets than this are not closed by themselves while one types. */
const MOST_CLOSERS = 8;

/**
 * Whether a text that was shown as the text after the cursor may stay.
 * @param shown what the last prompt showed.
 * @param now what a prompt without memory would show.
 * @param actual the text after the cursor, of which `now` is the beginning.
 */
export function agreement(shown: string, now: string, actual: string): Agreement {
  if (shown === now) return 'same';
  const [before, rest] = splitClosers(shown);
  const [after, actualRest] = splitClosers(actual);
  if (rest === '' ? actualRest !== '' : !actualRest.startsWith(rest)) return 'other';
  // More may have been closed since, but a bracket that is shown and was typed through would be written twice.
  const more = after.length - before.length;
  if (more < 0 || more > MOST_CLOSERS || !after.endsWith(before)) return 'other';
  const [onLine] = splitClosers(actual.split('\n', 1)[0] ?? '');
  return onLine.length >= more ? 'line' : 'near';
}

/** The closers at the start without the space between them, and the rest. */
function splitClosers(text: string): [string, string] {
  const [head = ''] = CLOSERS.exec(text) ?? [];
  return [head.replace(/\s/g, ''), text.slice(head.length)];
}
