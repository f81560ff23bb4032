import type { Filter } from './filter.ts';

/** Takes white space and empty lines off the end. */
export const trailingSpace: Filter = (text) => text.trimEnd();
