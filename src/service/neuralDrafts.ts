import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Draft } from '../engine/drafts/draft.ts';
import { guarded } from '../engine/drafts/guarded.ts';
import { type DistributionModel, NeuralDraft } from '../engine/drafts/neural.ts';
import { PassGuesser } from '../engine/drafts/passGuesser.ts';
import { StepGuesser } from '../engine/drafts/stepGuesser.ts';
import type { DraftTimes } from '../engine/policy/costs.ts';
import { messageOf } from '../errors.ts';
import { CausalModel } from '../runtime/causalModel.ts';
import { measureDraft, measureSteps } from '../runtime/measureCosts.ts';
import { type ModelFolder, openCard, openModelFolder } from '../runtime/modelFolder.ts';
import { SmallLlama } from '../runtime/smallLlama.ts';
import { sameVocabulary, Tokenizer } from '../runtime/tokenizer.ts';
import type { CostCache } from './costCache.ts';

/** A draft's further guess is looked at only while all before it are right with at least this probability; see `bench/`. */
export const LEAST_CHANCE = 0.4;

/** A neural draft that fits the target; `model` is there when it was asked for. */
export interface NeuralEntry {
  readonly id: string;
  readonly languages: readonly string[];
  readonly description: string;
  readonly model: LoadedDraft | undefined;
}

interface LoadedDraft {
  readonly draft: Draft;
  /** The model itself, for ensembles. */
  readonly distribution: DistributionModel;
  readonly times: DraftTimes;
  /** Free the model. */
  dispose(): Promise<void>;
}

/**
 * The neural drafts beside a target, that is in the folders next to its own whose cards have the role `draft`; those that are
 * wanted are loaded and measured. One that cannot be used is left out with a notice.
 */
export async function neuralDrafts(
  target: { readonly folder: ModelFolder; readonly tokenizer: Tokenizer },
  pool: readonly string[],
  notices: string[],
  cache: CostCache | undefined,
): Promise<NeuralEntry[]> {
  const entries: NeuralEntry[] = [];
  for (const folder of await draftFolders(path.dirname(target.folder.path), notices)) {
    const id = folder.name;
    const wanted = pool.length === 0 || pool.includes(id);
    try {
      if (!(await sharesVocabulary(folder, target))) {
        notices.push(`Draft ${id} is left out: its vocabulary is not that of ${target.folder.name}.`);
        continue;
      }
      const { languages = [], description = '' } = folder.card ?? {};
      const model = wanted ? await load(folder, languages, cache) : undefined;
      entries.push({ id, languages, description, model });
    } catch (error) {
      notices.push(`Draft ${id} is left out: ${messageOf(error)}`);
    }
  }
  return entries;
}

async function load(
  folder: ModelFolder,
  languages: readonly string[],
  cache: CostCache | undefined,
): Promise<LoadedDraft> {
  const { model, measure, dispose } = await open(folder);
  const draft = guarded(new NeuralDraft(folder.name, languages, model), (id, error) => {
    console.error(`Draft ${id} failed and is left out of this request: ${messageOf(error)}`);
  });
  const times = cache ? await cache.draftTimes(folder.graph, 1, measure) : await measure();
  return { draft, distribution: model, times, dispose };
}

/** The model of a folder: bare weights run in the kernel for small models, a graph in ONNX Runtime. */
async function open(folder: ModelFolder) {
  if (folder.graph.endsWith('.safetensors')) {
    const model = await SmallLlama.load(folder);
    const measure = async () => measureSteps(model);
    return { model: new StepGuesser(model, LEAST_CHANCE), measure, dispose: async () => undefined };
  }
  // One thread each: a second pool of threads would fight the target's for the cores.
  const model = await CausalModel.load(folder, { threads: 1, rowMultiple: 1 });
  const measure = () => measureDraft(model);
  return { model: new PassGuesser(model), measure, dispose: () => model.dispose() };
}

async function draftFolders(around: string, notices: string[]): Promise<ModelFolder[]> {
  const folders: ModelFolder[] = [];
  for (const { name } of readdirSync(around, { withFileTypes: true })) {
    const folder = path.join(around, name);
    try {
      const card = await openCard(folder);
      if (card?.role === 'draft') folders.push(await openModelFolder(folder));
    } catch (error) {
      notices.push(`Draft ${name} is left out: ${messageOf(error)}`);
    }
  }
  return folders;
}

async function sharesVocabulary(
  draft: ModelFolder,
  target: { readonly folder: ModelFolder; readonly tokenizer: Tokenizer },
): Promise<boolean> {
  // Same file, same vocabulary: the usual case, told without parsing.
  if (readFileSync(draft.tokenizer).equals(readFileSync(target.folder.tokenizer))) return true;
  const other = await Tokenizer.load(draft);
  return sameVocabulary(other.vocabulary, target.tokenizer.vocabulary);
}
