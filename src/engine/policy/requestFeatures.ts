import type { RequestContext } from './policy.ts';
import { TOKEN_KINDS } from './tokenKinds.ts';

const KINDS = TOKEN_KINDS.length;
/** Tokens of the prompt's end that are looked at. */
const SEEN = 32;
const TASKS = ['complete', 'summarize', 'translate'];

/** Numbers of a request, given how many languages were seen in training. */
export function requestInputs(languages: number): number {
  return languages + TASKS.length + 2 * KINDS + 2;
}

/** Puts what is known of a request before it is decoded into numbers. */
export interface RequestFeatures {
  readonly length: number;
  of(context: RequestContext): Float64Array;
}

/**
 * Language (one of those seen in training, or none), task, length of the prompt, how often each kind of token occurs at
 * the prompt's end, and the kind of its last token.
 * @param kinds kind of every token, see tokenKinds.
 */
export function requestFeatures(languages: Iterable<string>, kinds: Uint8Array): RequestFeatures {
  const known = [...new Set(languages)].sort();
  const length = requestInputs(known.length);
  return {
    length,
    of({ language, task, prompt }) {
      const row = new Float64Array(length);
      const at = known.indexOf(language);
      if (at >= 0) row[at] = 1;
      row[known.length + Math.max(0, TASKS.indexOf(task))] = 1;
      const histogram = known.length + TASKS.length;
      const end = prompt.slice(-SEEN);
      for (const token of end) row[histogram + (kinds[token] ?? 0)]! += 1 / end.length;
      const last = end.at(-1);
      if (last !== undefined) row[histogram + KINDS + (kinds[last] ?? 0)] = 1;
      row[length - 2] = Math.log2(1 + prompt.length) / 10;
      row[length - 1] = 1;
      return row;
    },
  };
}
