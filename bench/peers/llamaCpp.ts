/** llama.cpp through node-llama-cpp: plain, with its two predictors, and as the target of Slipstream's decoder. */
import { createRequire } from 'node:module';
import path from 'node:path';
import {
  DraftSequenceTokenPredictor,
  getLlama,
  InputLookupTokenPredictor,
  type Llama,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
  type TokenPredictor,
} from 'node-llama-cpp';
import { predictorOf } from './arms.ts';
import { LlamaTarget } from './llamaTarget.ts';
import { type Load, type Outcome, serve, type Work } from './protocol.ts';
import { decodeWith } from './slipstreamLoop.ts';

const BATCH = 512;
/**
 * Threads of a draft's context. The target's passes and the draft's overlap, and waiting threads of llama.cpp spin: with
 * two more on two cores both come to a crawl.
 */
const DRAFT_THREADS = 1;
/** In place of a language, for a draft of no language of its own. */
const ANY = '*';
const greedily = { temperature: 0, yieldEogToken: true };

interface Way {
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
  readonly predictor: TokenPredictor | undefined;
}

let llama: Llama;
let target: LlamaTarget;
const ways = new Map<string, Way>();
let timings = '';

async function load(options: Load): Promise<Record<string, unknown>> {
  llama = await getLlama({
    gpu: false,
    build: 'never',
    maxThreads: 0,
    logLevel: 'info',
    logger: (_, message) => {
      timings += message;
    },
  });
  const model = await llama.loadModel({
    modelPath: path.join(options.converted, 'model.gguf'),
    gpuLayers: 0,
  });
  for (const arm of options.arms) await addWay(arm, model, options);

  const bare = await contextOf(model, options.context, options.threads);
  bare._ctx.setThreads(options.threads);
  const sampler = new llama._bindings.AddonSampler(model._model);
  sampler.applyConfig({ temperature: 0 });
  target = new LlamaTarget(bare._ctx, sampler, options.context, BATCH);

  const { dependencies } = createRequire(import.meta.url)('./package.json') as {
    dependencies: Record<string, string>;
  };
  return {
    'node-llama-cpp': dependencies['node-llama-cpp'],
    'llama.cpp': llama.llamaCppRelease.release,
    threads: options.threads,
    draftThreads: DRAFT_THREADS,
    flashAttention: true,
    batchSize: BATCH,
    contextSize: options.context,
    system: llama.systemInfo.trim(),
  };
}

function contextOf(model: LlamaModel, contextSize: number, threads: number): Promise<LlamaContext> {
  return model.createContext({
    contextSize,
    batchSize: BATCH,
    threads,
    flashAttention: true,
    performanceTracking: true,
  });
}

/** A context of its own for an arm, and for a draft's arm one for each draft. */
async function addWay(
  arm: string,
  model: LlamaModel,
  { context: size, threads, drafts }: Load,
): Promise<void> {
  const settings = predictorOf(arm);
  if (settings === 'slipstream') return;
  if (settings?.kind !== 'draft') {
    const context = await contextOf(model, size, threads);
    const predictor = settings ? new InputLookupTokenPredictor(settings.options) : undefined;
    ways.set(arm, { context, predictor, sequence: context.getSequence({ tokenPredictor: predictor }) });
    return;
  }
  for (const { file, languages } of drafts) {
    const context = await contextOf(model, size, threads);
    const draft = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
    const sequence = (await contextOf(draft, size, DRAFT_THREADS)).getSequence();
    const predictor = new DraftSequenceTokenPredictor(sequence, settings.options);
    const way = { context, predictor, sequence: context.getSequence({ tokenPredictor: predictor }) };
    for (const language of languages.length > 0 ? languages : [ANY]) ways.set(`${arm} ${language}`, way);
  }
}

async function run(work: Work): Promise<Outcome> {
  if (predictorOf(work.arm) === 'slipstream') return decodeWith(target, work);
  const way =
    ways.get(work.arm) ?? ways.get(`${work.arm} ${work.language}`) ?? ways.get(`${work.arm} ${ANY}`);
  if (!way) throw new Error(`there is no draft of ${work.language} for ${work.arm}`);
  const { context, sequence, predictor } = way;
  const { prompt, count } = work;
  await sequence.clearHistory();
  predictor?.updateInputTokens([...work.after, ...prompt]);
  const started = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(0, -1));
  const read = performance.now();
  await counted(context);
  const ids: number[] = [];
  const from = performance.now();
  for await (const token of sequence.evaluate(prompt.slice(-1), greedily)) {
    ids.push(token);
    if (ids.length >= count) break;
  }
  const decode = performance.now() - from;
  return { prefill: read - started, decode, timed: ids.length, ids, inside: await counted(context) };
}

/** Milliseconds that llama.cpp says its passes took since this was last asked. */
async function counted(context: LlamaContext): Promise<number> {
  timings = '';
  await context.printTimings();
  const passes = timings.matchAll(/eval time =\s*([\d.]+) ms/g);
  return [...passes].reduce((sum, [, millis]) => sum + Number(millis), 0);
}

/** Share of `ids` that the model chooses itself, given the prompt and the ids before. */
async function agree({ prompt, ids }: Work & { readonly ids: readonly number[] }): Promise<number> {
  target.truncate(0);
  await target.score(prompt.slice(0, -1), 'nothing');
  let same = 0;
  for (const [i, id] of ids.entries()) {
    const before = i === 0 ? prompt[prompt.length - 1]! : ids[i - 1]!;
    if ((await target.score([before], 'argmax')).argmax(0) === id) same++;
  }
  target.truncate(0);
  return same / ids.length;
}

serve({ load, run, agree });
