// This folder: what a suggestion loses or is dropped for before it is offered.

import { blank } from './blank.ts';
import { brokenCharacters } from './brokenCharacters.ts';
import { doubled } from './doubled.ts';
import type { Drop, Filter, FilterContext } from './filter.ts';
import { halfLine } from './halfLine.ts';
import { linesAbove } from './linesAbove.ts';
import { linesBelow } from './linesBelow.ts';
import { oneLine } from './oneLine.ts';
import { outOfScope } from './outOfScope.ts';
import { repetition } from './repetition.ts';
import { restOfLine } from './restOfLine.ts';
import { scope } from './scope.ts';
import { secret } from './secret.ts';
import { trailingSpace } from './trailingSpace.ts';
import { unbalanced } from './unbalanced.ts';
import { unknownNames } from './unknownNames.ts';

/** The filters in their order: first what shortens by lines, then what looks at the end that is left. */
export const filters: readonly (readonly [name: string, filter: Filter])[] = [
  ['blank', blank],
  ['brokenCharacters', brokenCharacters],
  ['secret', secret],
  ['oneLine', oneLine],
  ['halfLine', halfLine],
  ['repetition', repetition],
  ['linesBelow', linesBelow],
  ['linesAbove', linesAbove],
  ['scope', scope],
  ['doubled', doubled],
  ['linesBelow', linesBelow],
  ['outOfScope', outOfScope],
  ['unknownNames', unknownNames],
  ['unbalanced', unbalanced],
  ['trailingSpace', trailingSpace],
  ['restOfLine', restOfLine],
  ['blank', blank],
];

/** Judge a suggestion: the text to show, or the reason why there is none. */
export function filterSuggestion(text: string, context: FilterContext): string | Drop {
  let kept = text;
  for (const [, filter] of filters) {
    const next = filter(kept, context);
    if (typeof next !== 'string') return next;
    kept = next;
  }
  return kept;
}
