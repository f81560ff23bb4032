// This folder: finds in any text what looks like a key, a password or a token, and takes it out.

import { assignedSecrets, formedSecrets } from './assignments.ts';
import { privateKeys } from './blocks.ts';
import { knownKeys, type Span } from './prefixes.ts';

export type { Span };

/**
 * The values of a text that look like secrets: keys of known forms, private keys, passwords in addresses, and what is given to
 * a name that says so and looks like no word. In order, none over another. Takes time in proportion to the text.
 */
export function secretsIn(text: string): Span[] {
  const spans = [...knownKeys(text), ...privateKeys(text), ...assignedSecrets(text), ...formedSecrets(text)];
  if (spans.length < 2) return spans;
  spans.sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** A text without the values that look like secrets. */
export function withoutSecrets(text: string): string {
  return cut(text, secretsIn(text));
}

/** The text around a cursor without them: one that the cursor stands in is cut on both sides. */
export function aroundWithoutSecrets(prefix: string, suffix: string): { prefix: string; suffix: string } {
  const spans = secretsIn(prefix + suffix);
  if (spans.length === 0) return { prefix, suffix };
  const at = prefix.length;
  const before = spans
    .filter(({ start }) => start < at)
    .map(({ start, end }) => ({ start, end: Math.min(end, at) }));
  const after = spans
    .filter(({ end }) => end > at)
    .map(({ start, end }) => ({ start: Math.max(0, start - at), end: end - at }));
  return { prefix: cut(prefix, before), suffix: cut(suffix, after) };
}

/**
 * Whether a text that is to stand between two others would show a secret, or go on with one.
 * @param before the text above, of which the end counts. @param after the rest of the line.
 */
export function wouldShowSecret(before: string, text: string, after = ''): boolean {
  const head = before.slice(-SEEN);
  const [start, end] = [head.length, head.length + text.length];
  return secretsIn(head + text + after).some((span) => span.start < end && span.end > start);
}
/** Characters before a place that may say what stands there. */
const SEEN = 4096;

function cut(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let kept = '';
  let from = 0;
  for (const { start, end } of spans) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}
