import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Draft } from '../engine/drafts/draft.ts';
import { guarded } from '../engine/drafts/guarded.ts';
import { type DistributionModel, type DraftModel, NeuralDraft } from '../engine/drafts/neural/neural.ts';
import { PassGuesser } from '../engine/drafts/neural/passGuesser.ts';
import { StepGuesser } from '../engine/drafts/neural/stepGuesser.ts';
import { TextDraft } from '../engine/drafts/text/textDraft.ts';
import type { DraftTimes } from '../engine/policy/costs.ts';
import { fileTrouble, messageOf } from '../errors.ts';
import { CausalModel } from '../runtime/causalModel.ts';
import { type CheckedFiles, requireIntact } from '../runtime/integrity.ts';
import { measureDraft, measureSteps } from '../runtime/measureCosts.ts';
import { type ModelFolder, openCard, openModelFolder } from '../runtime/modelFolder.ts';
import { SmallLlama } from '../runtime/smallLlama.ts';
import { sameVocabulary } from '../runtime/tokenizer.ts';
import { weightFiles } from '../runtime/weights.ts';
import type { Bridges } from './bridges.ts';
import type { CostCache } from './costCache.ts';

/** A draft's further guess is looked at only while all before it are right with at least this probability; see `bench/`. */
export const LEAST_CHANCE = 0.4;

/** A neural draft beside the target; `model` is there when it was asked for. */
export interface NeuralEntry {
  readonly id: string;
  readonly languages: readonly string[];
  readonly description: string;
  readonly model: LoadedDraft | undefined;
}

/** Told to the log: a draft that fails is left out, and the text is the same without it. */
export function draftFailed(name: string, error: unknown): void {
  console.error(`Draft ${name} failed and is left out of this request: ${messageOf(error)}`);
}

interface LoadedDraft {
  readonly draft: Draft;
  /** The model itself, for ensembles; only where its tokens are the target's. */
  readonly distribution: DistributionModel | undefined;
  /** By token of the target's. */
  readonly times: DraftTimes;
  /** Bytes of weights on disk. */
  readonly bytes: number;
  /** Free the model. */
  dispose(): Promise<void>;
}

interface NeuralOptions {
  /** Ids of the drafts that are wanted; empty for all. */
  readonly pool: readonly string[];
  readonly costCache?: CostCache | undefined;
  readonly checked?: CheckedFiles | undefined;
}

/** A folder that may serve as a draft, by the id that it has then. */
export interface DraftFolder {
  readonly id: string;
  readonly folder: ModelFolder;
}

/**
 * The neural drafts beside a target: those that are wanted are loaded and measured. One with other tokens than the target's
 * drafts text. One that cannot be used is left out with a notice.
 */
export async function neuralDrafts(
  folders: readonly DraftFolder[],
  bridges: Bridges,
  notices: string[],
  { pool, costCache, checked }: NeuralOptions,
): Promise<NeuralEntry[]> {
  const entries: NeuralEntry[] = [];
  for (const { id, folder } of folders) {
    const { languages = [], description = '' } = folder.card ?? {};
    const wanted = pool.length === 0 || pool.includes(id);
    try {
      if (wanted) await requireIntact(folder.path, { checked });
      const model = wanted ? await load(id, folder, languages, bridges, costCache) : undefined;
      entries.push({ id, languages, description, model });
    } catch (error) {
      notices.push(`Draft ${id} is left out: ${messageOf(error)}`);
    }
  }
  return entries;
}

/** The folders in `around` whose cards have the role `draft`. One that cannot be read is left out with a notice. */
export async function draftFolders(around: string, notices: string[]): Promise<DraftFolder[]> {
  const folders: DraftFolder[] = [];
  for (const name of namesIn(around, notices)) {
    const folder = path.join(around, name);
    try {
      const card = await openCard(folder);
      if (card?.role === 'draft') folders.push({ id: name, folder: await openModelFolder(folder) });
    } catch (error) {
      notices.push(`Draft ${name} is left out: ${messageOf(error)}`);
    }
  }
  return folders;
}

/** A folder that cannot be listed, one that is shared with others say, holds no drafts. */
function namesIn(folder: string, notices: string[]): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    notices.push(`No drafts are looked for: ${fileTrouble(error, folder, 'read')}`);
    return [];
  }
}

async function load(
  id: string,
  folder: ModelFolder,
  languages: readonly string[],
  bridges: Bridges,
  cache: CostCache | undefined,
): Promise<LoadedDraft> {
  const { tokenizer } = await bridges.open(folder);
  const { model, bytes, measure, dispose } = await open(folder);
  try {
    const own = cache ? await cache.draftTimes(folder.graph, 1, measure) : await measure();
    if (sameVocabulary(tokenizer.vocabulary, bridges.target.vocabulary)) {
      const draft = guarded(new NeuralDraft(id, languages, model), draftFailed);
      return { draft, distribution: model, times: own, bytes, dispose };
    }
    const bridge = await bridges.bridge(folder);
    const draft = guarded(new TextDraft(id, languages, model, bridge, LEAST_CHANCE), draftFailed);
    const times = { token: own.token * bridge.ownPerToken, catchUp: own.catchUp };
    return { draft, distribution: undefined, times, bytes, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface OpenModel {
  readonly model: DraftModel & DistributionModel;
  readonly bytes: number;
  readonly measure: () => Promise<DraftTimes>;
  readonly dispose: () => Promise<void>;
}

/** The model of a folder: bare weights run in the kernel for small models, a graph in ONNX Runtime. */
async function open(folder: ModelFolder): Promise<OpenModel> {
  if (folder.graph.endsWith('.safetensors')) {
    const model = await SmallLlama.load(folder);
    const measure = async () => measureSteps(model);
    return {
      model: new StepGuesser(model, LEAST_CHANCE),
      bytes: model.bytes,
      measure,
      dispose: async () => undefined,
    };
  }
  // One thread each: a second pool of threads would fight the target's for the cores.
  const model = await CausalModel.load(folder, { threads: 1, rowMultiple: 1 });
  const measure = () => measureDraft(model);
  const size = weightFiles(folder.graph).reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    model: new PassGuesser(model, LEAST_CHANCE),
    bytes: size,
    measure,
    dispose: () => model.dispose(),
  };
}
