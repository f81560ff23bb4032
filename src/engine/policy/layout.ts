import { ARM_CLASSES, LANGUAGE_CLASSES } from './armClasses.ts';
import { TOKEN_KINDS } from './tokenKinds.ts';

/** Tasks that are told apart; others count as the first. */
export const TASKS = ['complete', 'summarize', 'translate'] as const;

/** Drafts whose agreement says something, as classes. */
export const WITNESSES = (['suffix', 'ngram', 'edit', 'stack'] as const).map((name) =>
  ARM_CLASSES.indexOf(name),
);

const KINDS = TOKEN_KINDS.length;
const blocks: { name: string; from: number; size: number }[] = [];
let size = 0;

/** The next `count` numbers are named so. @returns place of the first. */
function block(name: string, count: number): number {
  const from = size;
  blocks.push({ name, from, size: count });
  size += count;
  return from;
}

/** Where each number stands: first those that all drafts of a round share. */
export const LAST_KIND = block('last kind', KINDS);
export const BEFORE_LAST = block('kind before', KINDS);
export const LANGUAGE = block('language', LANGUAGE_CLASSES);
export const TASK = block('task', TASKS.length);
export const LENGTHS = block('lengths', 3);
export const LINE = block('brackets and quotes', 2);
export const PACE = block('pace', 1);

/** Numbers that all drafts of a round share. */
export const SHARED = size;

export const ARM = block('arm', ARM_CLASSES.length);
export const MATCH = block('match', 5);
export const CHANCES = block('chances', 3);
export const MORE_CHANCES = block('more chances', 3);
export const MEMORY = block('memory', 3);
export const SAID = block('said', 1);
export const AGREEING = block('witnesses', 2 * 3);
export const ALIKE = block('alike', 2 * WITNESSES.length);
export const FIRST_KIND = block('first kind', KINDS);
export const SECOND_KIND = block('second kind', KINDS);
export const LINE_END = block('line end', 2);
export const PLACES = block('places', 5);
export const ALONG = block('along', 2);
export const SECOND = block('second source', 3);
export const SOURCE = block('source', 5);

/** Numbers that describe one draft in one round. */
export const FEATURES = size;

/** Names of the numbers, for studies of what they are worth. */
export const BLOCKS: readonly { readonly name: string; readonly from: number; readonly size: number }[] =
  blocks;
