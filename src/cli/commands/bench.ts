import { Command, Option } from 'commander';
import type { MemoryMode } from '../../inference/learntWeights.ts';
import { Workspaces } from '../../learning/workspaces.ts';
import { type ArmSample, armsOf, runPrompt } from '../../measure/arms.ts';
import { choosePrompts } from '../../measure/choosePrompts.ts';
import { requireLossless } from '../../measure/lossless.ts';
import { machineOf } from '../../measure/machine.ts';
import { readPrompts } from '../../measure/prompts.ts';
import { summarize, table } from '../../measure/report.ts';
import type { ProviderWish } from '../../runtime/providers.ts';
import { loadForCommand } from '../load.ts';
import {
  draftsOption,
  maxTokensOption,
  memoryOption,
  modelOption,
  policyFileOption,
  providerOption,
  type SamplingFlags,
  samplingOf,
  threadsOption,
  wholeNumber,
  withSampling,
  workspacesOption,
} from '../options.ts';
import { progressOf } from '../progress.ts';

interface Options extends SamplingFlags {
  arms: string;
  repeat: number;
  maxTokens: number;
  model: string;
  drafts: string[];
  policyFile: string;
  memory: MemoryMode;
  workspaces: string[];
  threads: number;
  provider: ProviderWish;
  scripted?: boolean;
  only?: string;
  every: number;
  by: string;
  json?: boolean;
}

const BREAKDOWNS = {
  language: 'byLanguage',
  class: 'byClass',
  kind: 'byKind',
  'natural-language': 'byNaturalLanguage',
} as const;

export function benchCommand(): Command {
  return withSampling(new Command('bench'))
    .description('measure drafts on prompts: time, acceptance and equality of the output')
    .argument('<prompts>', 'a file of prompts, one JSON object a line')
    .option(
      '--arms <ids>',
      'what to compare, by commas: none, none-1row, policy, trained+online, rule, a draft, a draft@length',
      'none,policy',
    )
    .addOption(policyFileOption())
    .addOption(memoryOption())
    .addOption(workspacesOption())
    .option(
      '--repeat <n>',
      'counted runs of each arm on each prompt; the median counts',
      wholeNumber(1, 1000),
      1,
    )
    .addOption(maxTokensOption())
    .addOption(modelOption())
    .addOption(draftsOption())
    .addOption(threadsOption())
    .addOption(providerOption())
    .option('--scripted', 'write the expected text of the prompts, whatever the target says')
    .option('--only <text>', 'only prompts of this class, kind or language')
    .option('--every <n>', 'only every n-th of these prompts', wholeNumber(1, 1_000_000), 1)
    .addOption(
      new Option('--by <what>', 'break the table down').choices(Object.keys(BREAKDOWNS)).default('language'),
    )
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const prompts = choosePrompts(await readPrompts(file), options.only, options.every);
  const pipeline = await loadForCommand({ ...options, pool: options.drafts });
  // `none` is what the others are compared with.
  const named = options.arms
    .split(',')
    .map((arm) => arm.trim())
    .filter((arm) => arm !== '');
  const arms = armsOf([...new Set(['none', ...named])], pipeline);

  const workspaces = await Workspaces.read(options.workspaces, pipeline.tokenizer);
  const bar = progressOf(prompts.length, 'prompts');
  const samples: ArmSample[] = [];
  for (const [turn, prompt] of prompts.entries()) {
    workspaces.fill(pipeline.index, prompt);
    samples.push(
      ...(await runPrompt(pipeline, prompt, arms, { ...options, sampling: samplingOf(options), turn })),
    );
    bar.step();
  }
  bar.stop();

  const report = summarize(samples);
  if (options.json)
    console.log(JSON.stringify({ arms: report, machine: machineOf(), model: pipeline.loaded.name }));
  else console.log(table(report, BREAKDOWNS[options.by as keyof typeof BREAKDOWNS]));
  requireLossless(report);
}
