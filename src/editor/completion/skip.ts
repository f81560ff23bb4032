import type { CompletionContext } from '../../suggestion/context.ts';
import { isOtherScheme } from '../openFiles/scheme.ts';
import { languageIsOn, type Settings } from '../settings/settings.ts';

/** What the last change of a document was, as far as it matters for a suggestion. */
export type ChangeKind = 'typed' | 'deletion' | 'undo' | 'redo';

/** What is known of the editor when a suggestion is asked for. */
export interface Situation {
  readonly scheme: string;
  readonly excluded: boolean;
  readonly cursors: number;
  readonly hasSelection: boolean;
  /** Undefined when the document has not been changed since it was opened. */
  readonly lastChange: ChangeKind | undefined;
  /** Whether suggestions rest for a while. */
  readonly snoozed?: boolean;
  /** Whether a snippet is being filled in, as far as that can be told. */
  readonly inSnippet?: boolean;
}

const maxLineLength = 2_000;

/** Why nothing may ever be suggested in this document, forced or not; undefined when it may. */
export function barredBecause(situation: Situation): string | undefined {
  if (isOtherScheme(situation.scheme)) return 'scheme';
  if (situation.excluded) return 'excluded-file';
  return undefined;
}

/** Why nothing is suggested here unless the user forces it; undefined when something should be. */
export function skippedBecause(
  situation: Situation,
  context: CompletionContext,
  settings: Settings,
): string | undefined {
  if (!settings.enable) return 'off';
  if (!languageIsOn(settings.languages, context.language)) return 'off-for-language';
  if (situation.snoozed) return 'snoozed';
  if (settings.eagerness === 'manual') return 'manual';
  if (situation.cursors > 1) return 'multi-cursor';
  if (situation.hasSelection) return 'selection';
  if (situation.inSnippet) return 'snippet';
  if (situation.lastChange && situation.lastChange !== 'typed') return situation.lastChange;
  if (context.prefix.trim() === '') return 'nothing-before';
  if (context.linePrefix.length + context.lineSuffix.length > maxLineLength) return 'long-line';
  if (context.prefix.includes('\0')) return 'binary';
  // In the middle of a word the word's rest stands there already.
  if (/^[\p{L}\p{N}_$]/u.test(context.lineSuffix)) return 'inside-word';
  if (settings.eagerness === 'quiet' && /[\p{L}\p{N}_$]/u.test(context.lineSuffix)) return 'quiet';
  return undefined;
}

/** Name a change by its reason and by whether it only took text away. */
export function kindOfChange(reason: 'undo' | 'redo' | undefined, inserted: readonly string[]): ChangeKind {
  if (reason) return reason;
  return inserted.length > 0 && inserted.every((text) => text === '') ? 'deletion' : 'typed';
}
