/** Slipstream itself, as a peer among peers: the same prompts as tokens, the same number of tokens to make. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { decode } from '../../src/engine/decoder.ts';
import { Evidence } from '../../src/engine/memory/evidence.ts';
import { MemorySampler } from '../../src/engine/memory/memorySampler.ts';
import type { Policy } from '../../src/engine/policy/policy.ts';
import { greedy, type Sampler } from '../../src/engine/sampling.ts';
import { promptBudget } from '../../src/inference/jobs.ts';
import { loadPipeline, type Pipeline } from '../../src/inference/pipeline.ts';
import { policyOf } from '../../src/inference/policies.ts';
import { ONE_ROW } from '../../src/measure/arms.ts';
import { completionPrompt } from '../../src/prompts/completion.ts';
import { type Load, type Outcome, type Prepare, type Prepared, serve, type Work } from './protocol.ts';

const DOCUMENT = 'after the cursor';
/** Behind the name of an arm: with the workspace memory, as the product completes. */
const WITH_MEMORY = '+memory';
const never = new AbortController().signal;

let pipeline: Pipeline;
const policies = new Map<string, Policy>();

async function load({ model, threads, arms }: Load): Promise<Record<string, unknown>> {
  const bundled = path.join(import.meta.dirname, '..', '..', 'models');
  pipeline = await loadPipeline({ model, bundled, pool: [], threads, strict: true });
  // A policy lives as long as the run, as it does in the product.
  for (const arm of arms) {
    policies.set(arm, policyOf(arm === ONE_ROW ? 'none' : arm.replace(WITH_MEMORY, ''), pipeline));
  }
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    'onnxruntime-node': version,
    target: pipeline.loaded.name,
    threads,
    widthInvariant: pipeline.selfTest.widthInvariant,
    rowMultiple: pipeline.target.rowMultiple,
    drafts: pipeline.drafts.map(({ id }) => id),
  };
}

async function run(work: Work, endTokens: ReadonlySet<number> = new Set()): Promise<Outcome> {
  const { target, tokenizer, drafts, index } = pipeline;
  const rows = target.rowMultiple;
  index.put(DOCUMENT, work.after);
  try {
    if (work.arm === ONE_ROW) target.rowMultiple = 1;
    target.truncate(0);
    const result = await decode(
      { target, vocabulary: tokenizer.vocabulary, drafts, policy: policies.get(work.arm)! },
      {
        prompt: work.prompt,
        language: work.language,
        task: 'complete',
        skipBytes: 0,
        text: work.text,
        stop: { endTokens, maxTokens: work.count, singleLine: false, stopStrings: [] },
      },
      samplerOf(work),
      never,
      () => undefined,
    );
    return { ...result.millis, timed: result.ids.length, ids: result.ids };
  } finally {
    target.rowMultiple = rows;
    target.truncate(0);
    index.remove(DOCUMENT);
  }
}

function samplerOf({ arm, prompt }: Work): Sampler {
  const { memory, index } = pipeline;
  if (!memory || !arm.endsWith(WITH_MEMORY)) return greedy;
  return new MemorySampler(greedy, memory, new Evidence(prompt, index, DOCUMENT));
}

async function prepare({ prompts, maxTokens, context }: Prepare): Promise<Prepared[]> {
  const { tokenizer, layout } = pipeline;
  const budget = Math.min(promptBudget(pipeline, maxTokens), context - maxTokens - 2);
  policies.set('none', policyOf('none', pipeline));
  const prepared: Prepared[] = [];
  for (const each of prompts) {
    const prompt = completionPrompt(tokenizer, layout, each, budget);
    const work = { arm: 'none', prompt, count: maxTokens, after: [], language: each.language };
    const { ids } = await run(work, tokenizer.controlTokens);
    prepared.push({ prompt, after: tokenizer.encode(each.suffix), ids });
  }
  return prepared;
}

serve({ load, run, prepare });
