import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SuffixIndex } from '../engine/drafts/copying/suffixIndex.ts';
import type { Draft } from '../engine/drafts/draft.ts';
import { type DraftTimes, passMillis } from '../engine/policy/costs.ts';
import { messageOf, UserError } from '../errors.ts';
import type { CheckedFiles } from '../runtime/integrity.ts';
import { type ModelFolder, openModelFolder } from '../runtime/modelFolder.ts';
import type { Tokenizer } from '../runtime/tokenizer.ts';
import { Bridges } from './bridges.ts';
import type { CostCache } from './costCache.ts';
import { type EnsembleEntry, ensembleDrafts } from './ensembleDrafts.ts';
import { type InstantEntry, instantDrafts } from './instantDrafts.ts';
import {
  type DraftFolder,
  draftFolders,
  LEAST_CHANCE,
  type NeuralEntry,
  neuralDrafts,
} from './neuralDrafts.ts';
import { BUNDLED_TARGETS, type OpenTarget } from './openTarget.ts';
import { stateDrafts } from './stateDraft.ts';

export interface PoolOptions {
  /** Folder that holds the bundled models. */
  readonly bundled: string;
  /** Ids of the drafts to load; empty for all. */
  readonly pool: readonly string[];
  readonly costCache?: CostCache | undefined;
  readonly checked?: CheckedFiles | undefined;
  /** Whether an id that no draft has is a failure, and not a problem to be told of. */
  readonly strict?: boolean;
}

/** The drafts beside a target. */
export interface DraftPool {
  readonly drafts: readonly Draft[];
  /** Drafts that no policy uses unless it was named after them. */
  readonly draftsByName: readonly Draft[];
  readonly facts: readonly DraftFacts[];
  /** What guesses take, of the drafts that take time. */
  readonly times: Readonly<Record<string, DraftTimes>>;
  /** Ids of the pool that no draft has, each a sentence. */
  readonly problems: readonly string[];
  /** Free the models. */
  dispose(): Promise<void>;
}

/** Facts about a draft, for people. */
export interface DraftFacts {
  readonly id: string;
  readonly kind: 'copy' | 'ngram' | 'ensemble' | 'neural';
  readonly languages: readonly string[];
  readonly description: string;
  /** Whether it is in the pool, ready to guess. */
  readonly loaded: boolean;
  /** Bytes of its weights, of a model that is loaded. */
  readonly bytes?: number | undefined;
}

/**
 * Beside a target whose passes are quicker than this, in milliseconds, a neural draft costs more than it saves: a tenth of a
 * millisecond a guess is the least that one takes. It is loaded only where the pool names it.
 */
const LEAST_PASS_MILLIS = 2;
/** A pool that no neural draft is in. */
const NO_DRAFTS = ['none'];

/**
 * Load the drafts of a pool beside a target.
 * @param notices gets a sentence for every draft that cannot be used.
 * @throws UserError `unknown-draft`, where the options are strict.
 */
export async function loadDrafts(
  opened: OpenTarget,
  tokenizer: Tokenizer,
  index: SuffixIndex,
  options: PoolOptions,
  notices: string[],
): Promise<DraftPool> {
  const bridges = await Bridges.of(opened.folder, tokenizer);
  const neural = await neuralEntries(opened, bridges, options, notices);
  const instant = await instantDrafts(options, bridges, index, notices);
  const ready = neural.flatMap(({ id, languages, model }) => (model ? [{ id, languages, ...model }] : []));
  const ensembles = ensemblesOf(instant, ready, tokenizer);
  const known = [...instant, ...ensembles, ...neural.map((entry) => ({ ...entry, kind: 'neural' as const }))];
  const problems = unknownIds(
    options,
    known.map(({ id }) => id),
  );
  // A pool of names that nothing has would be no pool at all.
  if (problems.length > 0 && problems.length === options.pool.length) {
    const all = await loadDrafts(opened, tokenizer, index, { ...options, pool: [] }, []);
    return { ...all, problems: [...problems, 'So all drafts are used.'] };
  }
  const loaded = new Set([...instant, ...ensembles, ...ready].map(({ id }) => id));
  const wanted = ({ id }: { readonly id: string }) =>
    loaded.has(id) && (options.pool.length === 0 || options.pool.includes(id));
  const bytes = new Map(ready.map((model) => [model.id, model.bytes]));
  return {
    drafts: [...instant.filter(wanted), ...ready].map(({ draft }) => draft),
    draftsByName: ensembles.filter(wanted).map(({ draft }) => draft),
    facts: known.map(({ id, kind, languages, description }) => ({
      ...{ id, kind, languages, description },
      loaded: wanted({ id }),
      bytes: bytes.get(id),
    })),
    times: Object.fromEntries(
      [...ready, ...ensembles].flatMap(({ id, times }) => (times ? [[id, times] as const] : [])),
    ),
    problems,
    dispose: async () => {
      for (const { dispose } of ready) await dispose();
    },
  };
}

async function neuralEntries(
  { folder, target, passes }: OpenTarget,
  bridges: Bridges,
  options: PoolOptions,
  notices: string[],
): Promise<readonly NeuralEntry[]> {
  const quick = passMillis(passes, 2, 0) < LEAST_PASS_MILLIS;
  const wishes = { ...options, pool: quick && options.pool.length === 0 ? NO_DRAFTS : options.pool };
  const folders = await neuralFolders(folder, options.bundled, notices);
  return [
    ...(await stateDrafts(folder, target, notices, wishes)),
    ...(await neuralDrafts(folders, bridges, notices, wishes)),
  ];
}

function ensemblesOf(
  instant: readonly InstantEntry[],
  ready: readonly (Pick<NeuralEntry, 'id' | 'languages'> & NonNullable<NeuralEntry['model']>)[],
  { vocabulary }: Tokenizer,
): EnsembleEntry[] {
  return ensembleDrafts({
    copying: instant.filter(({ kind }) => kind === 'copy').map(({ draft }) => draft),
    table: instant.find(({ table }) => table)?.table,
    neural: ready.flatMap(({ distribution, ...member }) =>
      distribution ? [{ ...member, model: distribution }] : [],
    ),
    vocabulary: vocabulary.size,
    leastChance: LEAST_CHANCE,
  });
}

function unknownIds({ pool, strict }: PoolOptions, ids: readonly string[]): string[] {
  const unknown = pool.filter((id) => !ids.includes(id));
  if (strict && unknown[0] !== undefined) throw unknownDraft(unknown[0], ids);
  return unknown.map((id) => `${unknownDraft(id, ids).message} It is left out of the pool.`);
}

/** Folders that may draft: those beside the target, those in `drafts` of the bundled ones, and the small bundled target beside any other. */
async function neuralFolders(
  target: ModelFolder,
  bundled: string,
  notices: string[],
): Promise<readonly DraftFolder[]> {
  const around = new Set([path.dirname(target.path), path.resolve(bundled, 'drafts')]);
  const found: DraftFolder[] = [];
  for (const folder of around) if (existsSync(folder)) found.push(...(await draftFolders(folder, notices)));
  const tiny = path.resolve(bundled, BUNDLED_TARGETS.tiny);
  if (tiny !== target.path && existsSync(tiny)) {
    try {
      found.push({ id: 'tiny', folder: await openModelFolder(tiny) });
    } catch (error) {
      notices.push(`Draft tiny is left out: ${messageOf(error)}`);
    }
  }
  return found.filter(
    ({ id, folder }, i) => folder.path !== target.path && found.findIndex((other) => other.id === id) === i,
  );
}

/** The error for a draft id that does not exist, with those that do. */
export function unknownDraft(id: string, known: readonly string[]): UserError {
  return new UserError('unknown-draft', `There is no draft «${id}». Choose among: ${known.join(', ')}.`);
}
