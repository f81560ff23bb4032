import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { InstantDraft } from '../engine/drafts/draft.ts';
import type { TokenModel } from '../engine/drafts/ensembles/stack.ts';
import { NgramDraft } from '../engine/drafts/ngram/ngram.ts';
import type { Bridge } from '../engine/drafts/text/textDraft.ts';
import { TextNgramDraft } from '../engine/drafts/text/textNgram.ts';
import { TextTable } from '../engine/drafts/text/textTable.ts';
import type { Vocabulary } from '../engine/target.ts';
import { messageOf, UserError } from '../errors.ts';
import { type CheckedFiles, requireIntact } from '../runtime/integrity.ts';
import { type ModelCard, type ModelFolder, openCard, openModelFolder } from '../runtime/modelFolder.ts';
import { readNgramFile } from '../runtime/ngramFile.ts';

/** File of the table beside its card. */
const TABLE_FILE = 'table.bin';

/** Where the bundled models are, and what of them was found right before. */
export interface BundledFolders {
  readonly bundled: string;
  readonly checked?: CheckedFiles | undefined;
}

/** What is asked of {@link Bridges} here. */
export interface Tongues {
  readonly target: { readonly vocabulary: Vocabulary };
  open(folder: ModelFolder): Promise<{ readonly tokenizer: { readonly vocabulary: Vocabulary } }>;
  bridge(folder: ModelFolder): Promise<Bridge>;
}

/** The n-gram draft beside a target. */
export interface NgramEntry {
  readonly id: string;
  readonly languages: readonly string[];
  readonly description: string;
  readonly draft: InstantDraft;
  readonly table: TokenModel;
}

/**
 * The n-gram draft among the bundled folders: the first whose card has the role `ngram`. A table that was made for the
 * tokens of another bundled model is asked in those. One that cannot be used is left out with a notice.
 */
export async function ngramDraft(
  { bundled, checked }: BundledFolders,
  bridges: Tongues,
  notices: string[],
): Promise<NgramEntry | undefined> {
  if (!existsSync(bundled)) return undefined;
  const cards = await bundledCards(bundled);
  const found = cards.find(({ card }) => card.role === 'ngram');
  if (!found) return undefined;
  const { languages, description } = found.card;
  const entry = { id: 'ngram', languages, description };
  const file = path.join(bundled, found.name, TABLE_FILE);
  try {
    await requireIntact(path.dirname(file), { checked });
    const { vocabulary } = bridges.target;
    const table = await readNgramFile(file, vocabulary).catch(ifForeign);
    if (table) return { ...entry, draft: new NgramDraft(table), table };
    for (const { name, card } of cards) {
      if (card.role !== 'target') continue;
      const folder = await openModelFolder(path.join(bundled, name));
      const { tokenizer } = await bridges.open(folder);
      const foreign = await readNgramFile(file, tokenizer.vocabulary).catch(ifForeign);
      if (!foreign) continue;
      const bridge = await bridges.bridge(folder);
      return { ...entry, draft: new TextNgramDraft(foreign, bridge), table: new TextTable(foreign, bridge) };
    }
    notices.push(
      `Draft ${found.name} is left out: its table was made for the tokens of a model that is not here.`,
    );
  } catch (error) {
    notices.push(`Draft ${found.name} is left out: ${messageOf(error)}`);
  }
  return undefined;
}

/** The search for neural drafts tells of a broken card. */
async function bundledCards(bundled: string): Promise<{ name: string; card: ModelCard }[]> {
  const cards: { name: string; card: ModelCard }[] = [];
  for (const entry of readdirSync(bundled, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const card = await openCard(path.join(bundled, entry.name)).catch(() => undefined);
    if (card) cards.push({ name: entry.name, card });
  }
  return cards;
}

function ifForeign(error: unknown): undefined {
  if (error instanceof UserError && error.reason === 'ngram-foreign') return undefined;
  throw error;
}
