import type { Filter } from './filter.ts';

/** Takes white space and empty lines off the end; before another word one space stays. */
export const trailingSpace: Filter = (text, { completion }) => {
  const kept = text.trimEnd();
  return text.startsWith(`${kept} `) && /^[\p{L}\p{N}_$([{<]/u.test(completion.lineSuffix)
    ? `${kept} `
    : kept;
};
