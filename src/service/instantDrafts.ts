import type { InstantDraft } from '../engine/drafts/draft.ts';
import { EditDraft } from '../engine/drafts/edit.ts';
import { StackDraft, type TokenModel } from '../engine/drafts/ensembles/stack.ts';
import { LookupDraft } from '../engine/drafts/lookup.ts';
import { SuffixDraft } from '../engine/drafts/suffix.ts';
import type { SuffixIndex } from '../engine/drafts/suffixIndex.ts';
import type { Vocabulary } from '../engine/target.ts';
import { ngramDraft } from './ngramDraft.ts';

/** A draft that costs next to nothing. */
export interface InstantEntry {
  readonly id: string;
  readonly kind: 'copy' | 'ngram' | 'ensemble';
  readonly languages: readonly string[];
  readonly description: string;
  readonly draft: InstantDraft;
  /** The table of an n-gram draft, for ensembles. */
  readonly table?: TokenModel;
}

/** The drafts that copy or look up, and those that join them. An ensemble comes after its members. */
export async function instantDrafts(
  bundled: string,
  vocabulary: Vocabulary,
  index: SuffixIndex,
  notices: string[],
): Promise<InstantEntry[]> {
  const suffix = new SuffixDraft(index);
  const edit = new EditDraft();
  const ngram = await ngramDraft(bundled, vocabulary, notices);
  return [
    copying(new LookupDraft(), 'repeats what followed the last words before'),
    copying(suffix, 'copies from this file, the workspace and accepted text'),
    copying(edit, 'follows the text that is being rewritten'),
    ...(ngram ? [{ ...ngram, kind: 'ngram' as const }, stacked([edit, suffix], ngram.table)] : []),
  ];
}

function copying(draft: InstantDraft, description: string): InstantEntry {
  return { id: draft.id, kind: 'copy', languages: [], description, draft };
}

function stacked(members: readonly InstantDraft[], table: TokenModel): InstantEntry {
  const draft = new StackDraft(members, table);
  return {
    id: draft.id,
    kind: 'ensemble',
    languages: [],
    description: 'token by token the likelier of copy and n-gram',
    draft,
  };
}
