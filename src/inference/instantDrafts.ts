import { EditDraft } from '../engine/drafts/copying/edit.ts';
import { LookupDraft } from '../engine/drafts/copying/lookup.ts';
import { SuffixDraft } from '../engine/drafts/copying/suffix.ts';
import type { SuffixIndex } from '../engine/drafts/copying/suffixIndex.ts';
import type { InstantDraft } from '../engine/drafts/draft.ts';
import { StackDraft, type TokenModel } from '../engine/drafts/ensembles/stack.ts';
import { type BundledFolders, ngramDraft, type Tongues } from './ngramDraft.ts';

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
  folders: BundledFolders,
  bridges: Tongues,
  index: SuffixIndex,
  notices: string[],
): Promise<InstantEntry[]> {
  const suffix = new SuffixDraft(index);
  const edit = new EditDraft();
  const ngram = await ngramDraft(folders, bridges, notices);
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
