import type { DraftInfo } from '../../worker/protocol.ts';
import type { DraftCounts } from '../usage/counts.ts';
import { say } from '../words.ts';

/** What a draft weighs, takes and did today, in a line. */
export function draftFacts(
  { id, kind, bytes, millis }: DraftInfo,
  today: Readonly<Record<string, DraftCounts>>,
): string {
  const parts: string[] = [];
  if (bytes !== undefined) parts.push(say('{0} MB', (bytes / 1e6).toFixed(1)));
  if (millis !== undefined) parts.push(say('{0} ms a guess', millis.toFixed(2)));
  else if (kind === 'copy') parts.push(say('no weights, no time worth measuring'));
  const count = today[id];
  if (count && count.rounds > 0) {
    const right = count.drafted > 0 ? Math.round((100 * count.accepted) / count.drafted) : 0;
    parts.push(say('chosen {0} times today, {1} % right', count.rounds, right));
  } else parts.push(say('not chosen today'));
  return parts.join(' · ');
}
