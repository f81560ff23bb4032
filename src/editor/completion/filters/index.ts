import { blank } from './blank.ts';
import type { Drop, Filter, FilterContext } from './filter.ts';
import { halfLine } from './halfLine.ts';
import { linesBelow } from './linesBelow.ts';
import { oneLine } from './oneLine.ts';
import { repetition } from './repetition.ts';
import { restOfLine } from './restOfLine.ts';
import { scope } from './scope.ts';
import { trailingSpace } from './trailingSpace.ts';
import { unbalanced } from './unbalanced.ts';

/** The filters in their order: first what shortens by lines, then what looks at the end that is left. */
const filters: readonly Filter[] = [
  blank,
  oneLine,
  halfLine,
  repetition,
  scope,
  unbalanced,
  linesBelow,
  trailingSpace,
  restOfLine,
  blank,
];

/** Judge a suggestion: the text to show, or the reason why there is none. */
export function filterSuggestion(text: string, context: FilterContext): string | Drop {
  let kept = text;
  for (const filter of filters) {
    const next = filter(kept, context);
    if (typeof next !== 'string') return next;
    kept = next;
  }
  return kept;
}
