import type { DecodeResult } from '../engine/decoder.ts';

/** Which drafts wrote how much of a text, the most first: a sentence. */
export function draftedBy({ drafts, ids }: Pick<DecodeResult, 'drafts' | 'ids'>): string {
  const parts = Object.entries(drafts)
    .filter(([, { accepted }]) => accepted > 0)
    .sort(([, a], [, b]) => b.accepted - a.accepted)
    .map(([id, { accepted }]) => `${id} ${accepted}`);
  const own = ids.length - Object.values(drafts).reduce((sum, { accepted }) => sum + accepted, 0);
  return `Tokens written by ${[...parts, `the model itself ${own}`].join(', ')}.`;
}
