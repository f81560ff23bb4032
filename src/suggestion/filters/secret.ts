import { wouldShowSecret } from '../../secrets/scan.ts';
import { type Filter, keep } from './filter.ts';

/** Cuts before the first line that would show what looks like a secret, whatever it was copied from. */
export const secret: Filter = (text, { completion }) => {
  const { prefix, lineSuffix } = completion;
  const isLine = text.includes('\n');
  if (!wouldShowSecret(prefix, text, isLine ? '' : lineSuffix)) return text;
  let length = 0;
  for (const line of text.split('\n')) {
    const end = length + line.length + (length > 0 ? 1 : 0);
    if (wouldShowSecret(prefix, text.slice(0, end), isLine ? '' : lineSuffix)) break;
    length = end;
  }
  return keep(text, length, 'secret');
};
