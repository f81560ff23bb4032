import { ARM_CLASSES, LANGUAGE_CLASSES } from './armClasses.ts';
import { TOKEN_KINDS } from './tokenKinds.ts';

/** Tasks that are told apart; others count as the first. */
export const TASKS = ['complete', 'summarize', 'translate'] as const;

/** Drafts whose agreement says something, as classes. */
export const WITNESSES = (['suffix', 'ngram', 'edit', 'stack'] as const).map((name) =>
  ARM_CLASSES.indexOf(name),
);

const KINDS = TOKEN_KINDS.length;
let size = 0;

/** The next `count` numbers. @returns place of the first. */
function block(count: number): number {
  size += count;
  return size - count;
}

/** Where each number stands: first those that all drafts of a round share. */
export const LAST_KIND = block(KINDS);
export const BEFORE_LAST = block(KINDS);
export const LANGUAGE = block(LANGUAGE_CLASSES);
export const TASK = block(TASKS.length);
export const LENGTHS = block(3);
export const LINE = block(2);
export const PACE = block(1);

/** Numbers that all drafts of a round share. */
export const SHARED = size;

export const ARM = block(ARM_CLASSES.length);
export const MATCH = block(5);
export const CHANCES = block(3);
export const MORE_CHANCES = block(3);
export const ROUNDS_BEFORE = block(3);
export const SAID = block(1);
export const AGREEING = block(2 * 3);
export const ALIKE = block(2 * WITNESSES.length);
export const FIRST_KIND = block(KINDS);
export const SECOND_KIND = block(KINDS);
export const LINE_END = block(2);
export const OCCURRENCES = block(5);
export const ALONG = block(2);
export const SECOND = block(3);
export const SOURCE = block(5);

/** Numbers that describe one draft in one round, in policies that were trained before drafts that cost time were heard. */
export const FEATURES_BEFORE = size;

/** Whether a draft that costs time has spoken, with its first token or with all; how sure it is; how far it says the same. */
export const SPOKEN = block(2);
export const SPOKEN_CHANCE = block(2);
export const SPOKEN_ALIKE = block(3);
/** Of the best plan without a draft that has not spoken yet: tokens it brings, chance of its first guess, whether it guesses. */
export const BESIDE = block(3);

/** Numbers that describe one draft in one round. */
export const FEATURES = size;
