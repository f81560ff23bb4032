import type { Filter } from './filter.ts';

/** Keeps to one line where one was asked for: the text may come from the cache of a multi-line request. */
export const oneLine: Filter = (text, { singleLine }) => {
  if (!singleLine) return text;
  const [line] = text.split('\n', 1) as [string];
  return line.trim() === '' ? { drop: 'other-line' } : line;
};
