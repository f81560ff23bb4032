/**
 * What drafts are worth with the workspace memory off and on: tokens a pass and milliseconds a token. All arms take turns on
 * each prompt, with the other files of its package in the index.
 *
 *   node --import tsx bench/memorySpeed.ts DIR/* > bench/results/memory-speed.json
 *
 * DIR is made by bench/prompts/unpack.ts from engine.json; `--every N` takes one prompt of N (5).
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { complete } from '../src/inference/jobs.ts';
import { loadPipeline } from '../src/inference/pipeline.ts';
import { policyOf } from '../src/inference/policies.ts';
import { readPolicyFile } from '../src/inference/policyFile.ts';
import { Workspaces } from '../src/learning/workspaces.ts';
import { machineOf } from '../src/measure/machine.ts';
import { readPrompts } from '../src/measure/prompts.ts';
import { geometricMean } from '../src/measure/statistics.ts';

const root = path.join(import.meta.dirname, '..');
const POLICIES = ['none', 'suffix', 'rule', 'policy'];
const MAX_TOKENS = 64;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { every: { type: 'string', default: '5' } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error('Name the folders that bench/prompts/unpack.ts made.');
  const load = { model: 'tiny', bundled: path.join(root, 'models'), threads: 0, pool: [] };
  const on = await loadPipeline({ ...load, memory: 'on' });
  // A target without a memory has a policy of its own.
  const policy = await readPolicyFile(path.join(root, 'models', 'policy', 'without-memory.json'));
  const off = { ...on, memory: undefined, policy };
  const workspaces = await Workspaces.read(positionals, on.tokenizer);
  const arms = POLICIES.flatMap((name) =>
    [off, on].map((pipeline) => ({
      name: `${name}, memory ${pipeline.memory ? 'on' : 'off'}`,
      pipeline,
      policy: policyOf(name, pipeline),
      tokens: 0,
      rounds: 0,
      millis: 0,
      each: [] as number[],
    })),
  );
  const prompts = (await readPrompts(path.join(root, 'bench', 'prompts', 'engine.jsonl'))).filter(
    (_, i) => i % Number(values.every) === 0,
  );
  const lossy = new Set<string>();
  for (const [turn, prompt] of prompts.entries()) {
    workspaces.fill(on.index, prompt);
    const texts = new Map<boolean, string>();
    for (let i = -1; i < arms.length; i++) {
      // One turn warms the cache of the target, as typing would have done.
      const arm = arms[i < 0 ? 0 : (i + turn) % arms.length]!;
      const job = { ...prompt, singleLine: false, maxTokens: MAX_TOKENS };
      const { ids, rounds, millis } = await complete(arm.pipeline, job, {
        policy: arm.policy,
        signal: new AbortController().signal,
        onPieces: () => undefined,
      });
      if (i < 0) continue;
      const memory = arm.pipeline.memory !== undefined;
      if ((texts.get(memory) ?? ids.join()) !== ids.join()) lossy.add(prompt.id);
      texts.set(memory, ids.join());
      arm.tokens += ids.length;
      arm.rounds += rounds;
      arm.millis += millis.decode;
      arm.each.push(millis.decode / ids.length);
    }
  }
  const plain = arms[0]!.each;
  const report = arms.map(({ name, tokens, rounds, millis, each }) => ({
    arm: name,
    tokensPerSecond: (1000 * tokens) / millis,
    tau: tokens / rounds,
    millisPerToken: millis / tokens,
    speedOverNone: geometricMean(each.map((value, i) => plain[i]! / value)),
  }));
  console.log(
    JSON.stringify(
      { prompts: prompts.length, lossy: [...lossy], machine: machineOf(), arms: report },
      null,
      1,
    ),
  );
}

void main();
