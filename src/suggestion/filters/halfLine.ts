import type { Filter } from './filter.ts';

/** Takes away a last line that the token limit cut in the middle, when there are complete ones before it. */
export const halfLine: Filter = (text, { finish }) => {
  if (finish !== 'length') return text;
  const end = text.lastIndexOf('\n');
  return end >= 0 && text.slice(0, end).trim() !== '' ? text.slice(0, end) : text;
};
