import type { Filter } from './filter.ts';

/** Refuses a text of nothing but white space: there would be nothing to see. */
export const blank: Filter = (text) => (text.trim() === '' ? { drop: 'blank' } : text);
