import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Draft } from '../engine/drafts/draft.ts';
import { LookupDraft } from '../engine/drafts/lookup.ts';
import { NeuralDraft } from '../engine/drafts/neural.ts';
import { SuffixDraft } from '../engine/drafts/suffix.ts';
import { SuffixIndex } from '../engine/drafts/suffixIndex.ts';
import { TokenTrie } from '../engine/healing.ts';
import { messageOf, UserError } from '../errors.ts';
import { layoutOf } from '../prompts/completion.ts';
import { CausalModel } from '../runtime/causalModel.ts';
import { type ModelFolder, openModelFolder, type PromptLayout } from '../runtime/modelFolder.ts';
import { measurePass } from '../runtime/passCost.ts';
import { type SelfTest, testWidths } from '../runtime/selfTest.ts';
import { sameVocabulary, Tokenizer } from '../runtime/tokenizer.ts';

export interface AssistantOptions {
  /** Folder of the target; empty for the bundled one. */
  readonly model: string;
  /** Folder that holds the bundled models. */
  readonly bundled: string;
  /** Ids of the drafts to load; empty for all. */
  readonly pool: readonly string[];
  /** Threads of the target; 0 for the physical cores. */
  readonly threads: number;
}

/** Facts about a draft, for people. */
export interface DraftFacts {
  readonly id: string;
  readonly kind: 'copy' | 'neural';
  readonly languages: readonly string[];
  readonly description: string;
  /** Measured time of one guessed token in milliseconds; 0 for drafts that copy. */
  readonly tokenMillis: number;
}

/** A target with everything that decodes with it. */
export interface Assistant {
  readonly folder: ModelFolder;
  readonly target: CausalModel;
  readonly tokenizer: Tokenizer;
  readonly trie: TokenTrie;
  readonly layout: PromptLayout;
  readonly tasks: readonly string[];
  readonly drafts: readonly Draft[];
  readonly facts: readonly DraftFacts[];
  /** Text beyond the prompt that may be copied from. */
  readonly index: SuffixIndex;
  readonly selfTest: SelfTest;
  /** Measured time of a narrow pass of the target, in milliseconds. */
  readonly passMillis: number;
  /** What a user may want to know: drafts left out, a self-test that failed. */
  readonly notices: readonly string[];
  readonly loadMillis: number;
}

const COPYING: readonly DraftFacts[] = [
  {
    id: 'lookup',
    kind: 'copy',
    languages: [],
    description: 'repeats what followed the last words before',
    tokenMillis: 0,
  },
  {
    id: 'suffix',
    kind: 'copy',
    languages: [],
    description: 'copies from this file, open files and accepted text',
    tokenMillis: 0,
  },
];

/**
 * Load the target, the drafts of the pool that share its vocabulary, and test the target's arithmetic.
 * @throws UserError when the target or a draft that was asked for by name cannot be used.
 */
export async function loadAssistant(options: AssistantOptions): Promise<Assistant> {
  const started = performance.now();
  const folder = await openModelFolder(options.model || path.join(options.bundled, 'target'));
  const tokenizer = await Tokenizer.load(folder);
  const target = await CausalModel.load(folder, { threads: options.threads, minimumRows: 2 });
  const notices: string[] = [];

  const index = new SuffixIndex();
  const neural = await loadNeural(options, folder, tokenizer, notices);
  const available = [
    { draft: new LookupDraft() as Draft, facts: COPYING[0]! },
    { draft: new SuffixDraft(index) as Draft, facts: COPYING[1]! },
    ...neural,
  ];
  const unknown = options.pool.find((id) => !available.some(({ draft }) => draft.id === id));
  if (unknown !== undefined)
    throw unknownDraft(
      unknown,
      available.map(({ draft }) => draft.id),
    );
  const chosen = available.filter(
    ({ draft }) => options.pool.length === 0 || options.pool.includes(draft.id),
  );

  const selfTest = await testWidths(target);
  if (!selfTest.widthInvariant) {
    notices.push(
      `On this machine ${folder.name} gives slightly different numbers for different widths of a pass, so ` +
        'drafts are switched off for it: the text must not depend on them.',
    );
  }
  return {
    folder,
    target,
    tokenizer,
    trie: new TokenTrie(tokenizer.vocabulary),
    layout: folder.card?.prompt ?? layoutOf(tokenizer),
    tasks:
      folder.card?.tasks ?? (tokenizer.chatTemplate ? ['complete', 'summarize', 'translate'] : ['complete']),
    drafts: chosen.map(({ draft }) => draft),
    facts: chosen.map(({ facts }) => facts),
    index,
    selfTest,
    passMillis: await measurePass(target),
    notices,
    loadMillis: performance.now() - started,
  };
}

/** The error for a draft id that does not exist, with those that do. */
export function unknownDraft(id: string, known: readonly string[]): UserError {
  return new UserError('unknown-draft', `There is no draft «${id}». Choose among: ${known.join(', ')}.`);
}

async function loadNeural(
  options: AssistantOptions,
  targetFolder: ModelFolder,
  tokenizer: Tokenizer,
  notices: string[],
): Promise<{ draft: Draft; facts: DraftFacts }[]> {
  const loaded = [];
  for (const folder of await draftFolders(options.bundled, notices)) {
    const id = folder.name;
    if (options.pool.length > 0 && !options.pool.includes(id)) continue;
    try {
      if (!(await sharesVocabulary(folder, targetFolder, tokenizer))) {
        notices.push(`Draft ${id} is left out: its vocabulary is not that of ${targetFolder.name}.`);
        continue;
      }
      // One thread each: a second pool of threads would fight the target's for the cores.
      const model = await CausalModel.load(folder, { threads: 1, minimumRows: 1 });
      const languages = folder.card?.languages ?? [];
      const description = folder.card?.description ?? '';
      loaded.push({
        draft: new NeuralDraft(id, languages, model),
        facts: { id, kind: 'neural' as const, languages, description, tokenMillis: await measurePass(model) },
      });
    } catch (error) {
      if (options.pool.includes(id)) throw error;
      notices.push(`Draft ${id} is left out: ${messageOf(error)}`);
    }
  }
  return loaded;
}

async function draftFolders(bundled: string, notices: string[]): Promise<ModelFolder[]> {
  if (!existsSync(bundled)) return [];
  const folders: ModelFolder[] = [];
  for (const entry of readdirSync(bundled, { withFileTypes: true })) {
    const card = path.join(bundled, entry.name, 'slipstream.json');
    if (!entry.isDirectory() || !existsSync(card)) continue;
    try {
      const folder = await openModelFolder(path.join(bundled, entry.name));
      if (folder.card?.role === 'draft') folders.push(folder);
    } catch (error) {
      notices.push(`Draft ${entry.name} is left out: ${messageOf(error)}`);
    }
  }
  return folders;
}

async function sharesVocabulary(
  draft: ModelFolder,
  target: ModelFolder,
  tokenizer: Tokenizer,
): Promise<boolean> {
  // Same file, same vocabulary: the usual case, told without parsing.
  if (readFileSync(draft.tokenizer).equals(readFileSync(target.tokenizer))) return true;
  const other = await Tokenizer.load(draft);
  return sameVocabulary(other.vocabulary, tokenizer.vocabulary);
}
