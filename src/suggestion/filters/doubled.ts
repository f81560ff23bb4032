import { attributesAt } from '../attributes.ts';
import { listAt } from '../lists.ts';
import { readAt } from '../reading.ts';
import { type Filter, keep } from './filter.ts';

/** Cuts before a name that its list has already: a parameter, a property, an import, an attribute. */
export const doubled: Filter = (text, context) => {
  const { completion, syntax } = context;
  const list = attributesAt(text, completion) ?? listAt(text, completion, readAt(text, completion, syntax));
  if (!list) return text;
  const seen = new Set([...list.before, ...list.after]);
  for (const { key, index } of list.own) {
    if (seen.has(key)) return keep(text, Math.max(0, endBefore(index, text, list.goesOn)), 'doubled-name');
    seen.add(key);
  }
  return text;
};

/** The separator before a name stays where another entry follows the cursor. */
function endBefore(index: number, text: string, goesOn: boolean): number {
  return goesOn && /[,;]/.test(text[index] ?? '') ? index + 1 : index;
}
