import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { InstantDraft } from '../engine/drafts/draft.ts';
import { NgramDraft } from '../engine/drafts/ngram.ts';
import type { NgramTable } from '../engine/drafts/ngramTable.ts';
import type { Vocabulary } from '../engine/target.ts';
import { messageOf } from '../errors.ts';
import { openCard } from '../runtime/modelFolder.ts';
import { readNgramFile } from '../runtime/ngramFile.ts';

/** File of the table beside its card. */
const TABLE_FILE = 'table.bin';

/** The n-gram draft that fits the target. */
export interface NgramEntry {
  readonly id: string;
  readonly languages: readonly string[];
  readonly description: string;
  readonly draft: InstantDraft;
  readonly table: NgramTable;
}

/**
 * The n-gram draft among the bundled folders: the first whose card has the role `ngram` and whose table was made for this
 * vocabulary. One that cannot be used is left out with a notice.
 */
export async function ngramDraft(
  bundled: string,
  vocabulary: Vocabulary,
  notices: string[],
): Promise<NgramEntry | undefined> {
  if (!existsSync(bundled)) return undefined;
  for (const { name } of readdirSync(bundled, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    const folder = path.join(bundled, name);
    // Whoever looks for the neural drafts tells of a broken card.
    const card = await openCard(folder).catch(() => undefined);
    if (card?.role !== 'ngram') continue;
    try {
      const table = await readNgramFile(path.join(folder, TABLE_FILE), vocabulary);
      const { languages, description } = card;
      return { id: 'ngram', languages, description, draft: new NgramDraft(table), table };
    } catch (error) {
      notices.push(`Draft ${name} is left out: ${messageOf(error)}`);
    }
  }
  return undefined;
}
