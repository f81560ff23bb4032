import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Draft } from '../engine/drafts/draft.ts';
import { SuffixIndex } from '../engine/drafts/suffixIndex.ts';
import { TokenTrie } from '../engine/healing.ts';
import type { MemoryWeights } from '../engine/memory/memorySampler.ts';
import type { CostTable } from '../engine/policy/costs.ts';
import { messageOf, UserError } from '../errors.ts';
import { layoutOf } from '../prompts/completion.ts';
import { CausalModel } from '../runtime/causalModel.ts';
import { measureTarget } from '../runtime/measureCosts.ts';
import { type ModelFolder, openModelFolder, type PromptLayout } from '../runtime/modelFolder.ts';
import { type SelfTest, testWidths } from '../runtime/selfTest.ts';
import { Tokenizer } from '../runtime/tokenizer.ts';
import type { CostCache } from './costCache.ts';
import { ensembleDrafts } from './ensembleDrafts.ts';
import { instantDrafts } from './instantDrafts.ts';
import { readMemoryFile } from './memoryFile.ts';
import { LEAST_CHANCE, neuralDrafts } from './neuralDrafts.ts';
import { type PolicyFile, readPolicyFile } from './policyFile.ts';

export interface AssistantOptions {
  /** Folder of the target; empty for the bundled one. */
  readonly model: string;
  /** Folder that holds the bundled models. */
  readonly bundled: string;
  /** Ids of the drafts to load; empty for all. */
  readonly pool: readonly string[];
  /** Threads of the target; 0 for the physical cores. */
  readonly threads: number;
  /** Remembers what was measured; without it the models are measured at every start. */
  readonly costCache?: CostCache | undefined;
  /** Text that may be copied from, kept from an earlier load; a new index of `indexBytes` without it. */
  readonly index?: SuffixIndex | undefined;
  readonly indexBytes?: number | undefined;
  /** File of the trained policy; the bundled one without it. */
  readonly policyFile?: string | undefined;
  /** Whether the file and the workspace weigh in on every token; `auto` without it. */
  readonly memory?: MemoryMode | undefined;
}

/** `auto`: on for the bundled target, for which it was learnt and measured, and off for every other. */
export const MEMORY_MODES = ['auto', 'on', 'off'] as const;
export type MemoryMode = (typeof MEMORY_MODES)[number];

/** Facts about a draft, for people. */
export interface DraftFacts {
  readonly id: string;
  readonly kind: 'copy' | 'ngram' | 'ensemble' | 'neural';
  readonly languages: readonly string[];
  readonly description: string;
  /** Whether it is in the pool, ready to guess. */
  readonly loaded: boolean;
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
  /** Drafts that no policy uses unless it was named after them. */
  readonly draftsByName: readonly Draft[];
  readonly facts: readonly DraftFacts[];
  /** Text beyond the prompt that may be copied from. */
  readonly index: SuffixIndex;
  readonly selfTest: SelfTest;
  /** The trained policy; undefined where none can be used, which a problem tells. */
  readonly policy: PolicyFile | undefined;
  /** What the workspace memory weighs evidence by; undefined where it is off. It is part of the target. */
  readonly memory: MemoryWeights | undefined;
  /** What passes and guesses take on this machine, measured when the models were loaded. */
  readonly costs: CostTable;
  /** Wishes of the user that could not be followed, each with what is done instead. */
  readonly problems: readonly string[];
  /** What is good to know: drafts left out, a self-test that failed. */
  readonly notices: readonly string[];
  readonly loadMillis: number;
  /** Free the models. Nothing can be decoded afterwards. */
  dispose(): Promise<void>;
}

/** Time that measuring the target may take, at every start and at the one whose result is kept. */
const MEASURING_MILLIS = { always: 200, once: 800 };

/**
 * Load the target, the drafts of the pool that share its vocabulary, and test the target's arithmetic.
 * @throws UserError when the target cannot be used.
 */
export async function loadAssistant(options: AssistantOptions): Promise<Assistant> {
  const started = performance.now();
  const folder = await openModelFolder(options.model || path.join(options.bundled, 'target'));
  const tokenizer = await Tokenizer.load(folder);
  const target = await CausalModel.load(folder, { threads: options.threads, rowMultiple: 2 });
  const notices: string[] = [];

  const index = options.index ?? new SuffixIndex(options.indexBytes);
  const neural = await neuralDrafts({ folder, tokenizer }, options.pool, notices, options.costCache);
  const instant = await instantDrafts(options.bundled, tokenizer.vocabulary, index, notices);
  const ready = neural.flatMap(({ id, languages, model }) => (model ? [{ id, languages, ...model }] : []));
  const ensembles = ensembleDrafts({
    copying: instant.filter(({ kind }) => kind === 'copy').map(({ draft }) => draft),
    table: instant.find(({ table }) => table)?.table,
    neural: ready.map(({ distribution, ...member }) => ({ ...member, model: distribution })),
    vocabulary: tokenizer.vocabulary.size,
    leastChance: LEAST_CHANCE,
  });
  const known = [...instant, ...ensembles, ...neural.map((entry) => ({ ...entry, kind: 'neural' as const }))];
  const wanted = ({ id }: { readonly id: string }) => options.pool.length === 0 || options.pool.includes(id);
  const unknown = options.pool.filter((name) => !known.some(({ id }) => id === name));
  const ids = known.map(({ id }) => id);
  const problems = unknown.map((name) => `${unknownDraft(name, ids).message} It is left out of the pool.`);

  const memory = await memoryWeights(options, problems);
  const policy = await policyWeights(options, memory !== undefined, problems);

  const selfTest = await widthTest(target);
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
    drafts: [...instant.filter(wanted), ...ready].map(({ draft }) => draft),
    draftsByName: ensembles.filter(wanted).map(({ draft }) => draft),
    facts: known.map((draft) => {
      const { id, kind, languages, description } = draft;
      return { id, kind, languages, description, loaded: wanted(draft) };
    }),
    index,
    selfTest,
    policy,
    memory,
    costs: {
      target: options.costCache
        ? await options.costCache.passTimes(folder.graph, options.threads, () =>
            measureTarget(target, MEASURING_MILLIS.once),
          )
        : await measureTarget(target, MEASURING_MILLIS.always),
      drafts: Object.fromEntries(
        [...ready, ...ensembles].flatMap(({ id, times }) => (times ? [[id, times] as const] : [])),
      ),
    },
    problems,
    notices,
    loadMillis: performance.now() - started,
    dispose: async () => {
      await target.dispose();
      for (const { dispose } of ready) await dispose();
    },
  };
}

/**
 * A policy that cannot be used must not stop completion: the rule stands in, and the user is told. Beside a target that
 * remembers, copies are right far more often, so there is a policy for either.
 */
async function policyWeights(
  { policyFile, bundled }: AssistantOptions,
  remembers: boolean,
  problems: string[],
): Promise<PolicyFile | undefined> {
  const file = policyFile || path.join(bundled, 'policy', remembers ? 'policy.json' : 'without-memory.json');
  if (!policyFile && !existsSync(file)) return undefined;
  try {
    return await readPolicyFile(file);
  } catch (error) {
    problems.push(`${messageOf(error)} The rule chooses instead.`);
    return undefined;
  }
}

/** Weights that cannot be used must not stop completion: the model goes without a memory, and the user is told. */
async function memoryWeights(
  { memory = 'auto', model, bundled }: AssistantOptions,
  problems: string[],
): Promise<MemoryWeights | undefined> {
  if (memory === 'off' || (memory === 'auto' && model !== '')) return undefined;
  try {
    return await readMemoryFile(path.join(bundled, 'memory', 'memory.json'));
  } catch (error) {
    problems.push(`${messageOf(error)} Workspace memory is off.`);
    return undefined;
  }
}

/**
 * Test the target's widths, padding passes to more rows where fewer do not make them agree. On every machine seen so
 * far two do; kernels that work on larger tiles may need more.
 */
async function widthTest(target: CausalModel): Promise<SelfTest> {
  let result = await testWidths(target);
  for (const rows of [4, 8, 16]) {
    if (result.widthInvariant) return result;
    target.rowMultiple = rows;
    result = await testWidths(target);
  }
  if (!result.widthInvariant) target.rowMultiple = 2;
  return result;
}

/** The error for a draft id that does not exist, with those that do. */
export function unknownDraft(id: string, known: readonly string[]): UserError {
  return new UserError('unknown-draft', `There is no draft «${id}». Choose among: ${known.join(', ')}.`);
}
