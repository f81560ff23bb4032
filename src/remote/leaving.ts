import { Exclusion } from '../files/exclusion.ts';
import { headText, tailText } from '../prompts/window.ts';
import { aroundWithoutSecrets } from '../secrets/scan.ts';

/** What is to be completed. */
export interface CursorText {
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** Text that may be sent; made here alone. */
export interface LeavingText {
  readonly prefix: string;
  readonly suffix: string;
}

/** Share of what is sent that may stand after the cursor. */
const SUFFIX_SHARE = 0.2;

const secretNames = Exclusion.withSecrets([]);

/**
 * What of a file may leave this machine: the text around the cursor, without what looks like a secret, and never its path; undefined
 * for a file that holds secrets by its name. Nobody should ask for one, and if somebody does, this is where it ends.
 * @param most characters
 */
export function leavingText({ path, prefix, suffix }: CursorText, most: number): LeavingText | undefined {
  if (secretNames.excludes(path)) return undefined;
  // Before it is cut: half a key looks like none.
  const shown = aroundWithoutSecrets(prefix, suffix);
  const after = headText(shown.suffix, Math.floor(most * SUFFIX_SHARE));
  return { prefix: tailText(shown.prefix, most - after.length), suffix: after };
}
