import type { StopRules } from '../../src/engine/output.ts';
import type { Vocabulary } from '../../src/engine/target.ts';
import { bytesOf } from './vocabulary.ts';

export interface Plain {
  readonly text: string;
  readonly finish: 'stop' | 'line' | 'length';
  readonly ids: readonly number[];
}

/**
 * Decoding as its definition says it: one token after the other, everything computed anew each time, no cache
 * and no draft.
 *
 * @param next the token after a text.
 */
export function plainDecode(
  next: (text: readonly number[]) => number,
  prompt: readonly number[],
  rules: StopRules,
  vocabulary: Vocabulary,
  contextLength: number,
  skipBytes = 0,
): Plain {
  const ids: number[] = [];
  const textOf = (tokens: readonly number[]) => completeText(bytesOf(vocabulary, tokens).subarray(skipBytes));
  for (;;) {
    // The last token before the one to choose must be scored in a pass of two rows.
    if (prompt.length + ids.length + 1 > contextLength) return { text: textOf(ids), finish: 'length', ids };
    const token = next([...prompt, ...ids]);
    if (rules.endTokens.has(token)) return { text: textOf(ids), finish: 'stop', ids: [...ids, token] };
    ids.push(token);
    const text = textOf(ids);
    const ends = rules.stopStrings.map((stop) => ({ at: text.indexOf(stop), finish: 'stop' as const }));
    const line = text.search(/\r?\n/);
    const found = [...ends, ...(rules.singleLine ? [{ at: line, finish: 'line' as const }] : [])]
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)[0];
    if (found) return { text: text.slice(0, found.at), finish: found.finish, ids };
    if (ids.length >= rules.maxTokens) return { text, finish: 'length', ids };
  }
}

/** Bytes as text, without a character at the end that is not complete yet. */
function completeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}
