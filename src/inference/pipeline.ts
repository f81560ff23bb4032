// This folder: joins target, tokenizer, drafts and policy (`pipeline.ts`), turns a job into a decode (`jobs.ts`), names policies (`policies.ts`), keeps what was measured and learnt.

import { SuffixIndex } from '../engine/drafts/copying/suffixIndex.ts';
import type { Draft } from '../engine/drafts/draft.ts';
import { TokenTrie } from '../engine/healing.ts';
import type { MemoryWeights } from '../engine/memory/memorySampler.ts';
import type { CostTable } from '../engine/policy/costs.ts';
import { layoutOf } from '../prompts/completion.ts';
import type { CausalModel } from '../runtime/causalModel.ts';
import type { ModelFolder, PromptLayout } from '../runtime/modelFolder.ts';
import { loadOnnxRuntime } from '../runtime/onnx.ts';
import type { Provider, ProviderWish } from '../runtime/providers.ts';
import type { SelfTest } from '../runtime/selfTest.ts';
import { Tokenizer } from '../runtime/tokenizer.ts';
import { type DraftFacts, loadDrafts, type PoolOptions } from './draftPool.ts';
import { memoryWeights, policyWeights, type WeightsOptions } from './learntWeights.ts';
import { type BundledTarget, type OpenTarget, openTarget } from './openTarget.ts';
import type { PolicyFile } from './policyFile.ts';
import { threadsProblem, usableThreads } from './threads.ts';
import { readTuned } from './tunedPolicy.ts';

/** What to load; `costCache` remembers what was measured: without it the models are measured at every start. */
export interface PipelineOptions extends PoolOptions, WeightsOptions {
  /** `auto`, `base`, `tiny`, or the folder of a target. */
  readonly model: string;
  /** Threads of the target; 0 for the physical cores. */
  readonly threads: number;
  /** What the target runs on; the processor without it. */
  readonly provider?: ProviderWish | undefined;
  /** Folder of the added models, where a policy that was tuned for the target is looked for; none is without it. */
  readonly store?: string | undefined;
  /** Time that measuring the target may take, in milliseconds; longer contexts are left for later where it does not suffice. */
  readonly measuringMillis?: number | undefined;
  /** Text that may be copied from, kept from an earlier load; a new index of `indexBytes` without it. */
  readonly index?: SuffixIndex | undefined;
  readonly indexBytes?: number | undefined;
}

/** A target with everything that decodes with it. */
export interface Pipeline {
  readonly folder: ModelFolder;
  readonly target: CausalModel;
  readonly tokenizer: Tokenizer;
  readonly trie: TokenTrie;
  readonly layout: PromptLayout;
  readonly tasks: readonly string[];
  readonly drafts: readonly Draft[];
  /** Drafts that no policy uses unless it was named after them. */
  readonly draftsByName: readonly Draft[];
  /** Text beyond the prompt that may be copied from. */
  readonly index: SuffixIndex;
  readonly selfTest: SelfTest;
  /** The trained policy; undefined where none can be used, which a problem tells. */
  readonly policy: PolicyFile | undefined;
  /** What the workspace memory weighs evidence by; undefined where it is off. It is part of the target. */
  readonly memory: MemoryWeights | undefined;
  /** What passes and guesses take on this machine, measured when the models were loaded. */
  readonly costs: CostTable;
  readonly loaded: LoadReport;
  /** The same target with the drafts of another pool, as {@link loadPipeline} loads them; those of this one stay. */
  withDrafts(pool: readonly string[]): Promise<Pipeline>;
  /** Free the models of the drafts alone. */
  disposeDrafts(): Promise<void>;
  /** Free the models. Nothing can be decoded afterwards. */
  dispose(): Promise<void>;
}

/** What does not depend on the drafts. */
type Base = Omit<
  Pipeline,
  'drafts' | 'draftsByName' | 'costs' | 'loaded' | 'withDrafts' | 'disposeDrafts' | 'dispose'
>;

/** What loading has shown, for people; nothing decodes by it. */
interface LoadReport {
  /** What the target is called: `base`, `tiny`, or its folder's name; and why it is this one, a clause. */
  readonly name: string;
  readonly because: string;
  readonly bundledName: BundledTarget | undefined;
  /** Whether the policy was tuned for this model. */
  readonly tuned: boolean;
  /** Threads of the target; 0 for the physical cores. */
  readonly threads: number;
  readonly provider: Provider;
  readonly drafts: readonly DraftFacts[];
  /** Wishes of the user that could not be followed, each with what is done instead. */
  readonly problems: readonly string[];
  /** What is good to know: drafts left out, a self-test that failed. */
  readonly notices: readonly string[];
  readonly millis: number;
}

/**
 * Load the target and the drafts of the pool, and test the target's arithmetic.
 * @throws UserError when the target cannot be used.
 */
export async function loadPipeline(options: PipelineOptions): Promise<Pipeline> {
  const started = performance.now();
  // First, because everything else depends on it, and because of what it says when it cannot be loaded.
  await loadOnnxRuntime(options.checked);
  const threads = usableThreads(options.threads);
  const opened = await openTarget({ ...options, threads });
  const { folder, target, selfTest, passes, because, provider } = opened;
  const notices = selfTest.widthInvariant ? [] : [widthsDiffer(folder)];
  const tokenizer = await Tokenizer.load(folder);
  const tooMany = threadsProblem(options.threads);
  const problems = [...opened.problems, ...(tooMany === undefined ? [] : [tooMany])];
  const { memory, policy, tuned } = await learntFor(opened, options, { problems, notices });
  const base: Base = {
    folder,
    target,
    tokenizer,
    trie: new TokenTrie(tokenizer.vocabulary),
    layout: layoutOf(tokenizer, folder),
    tasks:
      folder.card?.tasks ?? (tokenizer.chatTemplate ? ['complete', 'summarize', 'translate'] : ['complete']),
    index: options.index ?? new SuffixIndex(options.indexBytes),
    selfTest,
    policy,
    memory,
  };
  const about = {
    ...{ name: opened.name ?? folder.name, because, threads, provider, problems, notices },
    bundledName: opened.name,
    tuned,
  };
  const withDrafts = async (ids: readonly string[], begun: number): Promise<Pipeline> => {
    const told = [...notices];
    const pool = await loadDrafts(opened, tokenizer, base.index, { ...options, pool: ids }, told);
    return {
      ...base,
      drafts: pool.drafts,
      draftsByName: pool.draftsByName,
      costs: { target: passes, drafts: pool.times },
      loaded: {
        ...about,
        drafts: pool.facts,
        problems: [...pool.problems, ...problems],
        notices: told,
        millis: performance.now() - begun,
      },
      withDrafts: (others) => withDrafts(others, performance.now()),
      disposeDrafts: pool.dispose,
      dispose: async () => {
        await target.dispose();
        await pool.dispose();
      },
    };
  };
  return withDrafts(options.pool, started);
}

/** A pipeline with the drafts of another pool; what was measured of its target since it was loaded stays. */
export async function withPool(pipeline: Pipeline, pool: readonly string[]): Promise<Pipeline> {
  const other = await pipeline.withDrafts(pool);
  return { ...other, costs: { ...other.costs, target: pipeline.costs.target } };
}

/** What was learnt for a target: what its memory weighs evidence by, and the policy, its own where one was tuned and none named. */
async function learntFor(
  { folder, name }: Pick<OpenTarget, 'folder' | 'name'>,
  options: PipelineOptions,
  { problems, notices }: { readonly problems: string[]; readonly notices: string[] },
): Promise<Pick<Pipeline, 'memory' | 'policy'> & Pick<LoadReport, 'tuned'>> {
  const memory = await memoryWeights(options, name, problems);
  const { store, policyFile } = options;
  if (store !== undefined && !policyFile) {
    const own = await readTuned(store, { folder, name, memory });
    if (own.type === 'there') return { memory, policy: own.policy, tuned: true };
    if (own.type === 'ignored') notices.push(own.message);
  }
  const policy = await policyWeights(options, name, memory !== undefined, problems);
  return { memory, policy, tuned: false };
}

function widthsDiffer({ name }: ModelFolder): string {
  return (
    `On this machine ${name} gives slightly different numbers for different widths of a pass, so ` +
    'drafts are switched off for it: the text must not depend on them.'
  );
}
