import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { Workspaces } from '../../learning/workspaces.ts';
import { armsOf, runPrompt, type Sample } from '../../measure/arms.ts';
import { choosePrompts } from '../../measure/choosePrompts.ts';
import { requireLossless } from '../../measure/lossless.ts';
import { machineOf } from '../../measure/machine.ts';
import { readPrompts } from '../../measure/prompts.ts';
import { summarize, table } from '../../measure/report.ts';
import { loadAssistant, type MemoryMode } from '../../service/assistant.ts';
import {
  bundledModels,
  memoryOption,
  policyFileOption,
  type SamplingFlags,
  samplingOf,
  wholeNumber,
  withSampling,
  workspacesOption,
} from '../options.ts';

interface Options extends SamplingFlags {
  arms: string;
  repeat: number;
  maxTokens: number;
  model: string;
  policyFile: string;
  memory: MemoryMode;
  workspaces: string[];
  threads: number;
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
    .option('--repeat <n>', 'counted runs of each arm on each prompt; the median counts', wholeNumber(1), 1)
    .option('--max-tokens <n>', 'most tokens of a completion', wholeNumber(1), 64)
    .option('--model <dir>', 'folder of the target model; the bundled one without it', '')
    .option('--threads <n>', 'threads of the target; 0 takes the physical cores', wholeNumber(0), 0)
    .option('--scripted', 'write the expected text of the prompts, whatever the target says')
    .option('--only <text>', 'only prompts of this class, kind or language')
    .option('--every <n>', 'only every n-th of these prompts', wholeNumber(1), 1)
    .addOption(
      new Option('--by <what>', 'break the table down').choices(Object.keys(BREAKDOWNS)).default('language'),
    )
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const prompts = choosePrompts(await readPrompts(file), options.only, options.every);
  const assistant = await loadAssistant({ ...options, bundled: bundledModels(), pool: [] });
  for (const problem of assistant.problems) console.error(`slipstream: ${problem}`);
  // `none` is what the others are compared with.
  const named = options.arms
    .split(',')
    .map((arm) => arm.trim())
    .filter((arm) => arm !== '');
  const arms = armsOf([...new Set(['none', ...named])], assistant);

  const workspaces = await Workspaces.read(options.workspaces, assistant.tokenizer);
  const bar = new SingleBar({
    format: '{bar} {value} of {total} prompts, {eta_formatted} left',
    stream: process.stderr,
  });
  if (process.stderr.isTTY) bar.start(prompts.length, 0);
  const samples: Sample[] = [];
  for (const [turn, prompt] of prompts.entries()) {
    workspaces.fill(assistant.index, prompt);
    samples.push(
      ...(await runPrompt(assistant, prompt, arms, { ...options, sampling: samplingOf(options), turn })),
    );
    bar.update(turn + 1);
  }
  bar.stop();

  const report = summarize(samples);
  if (options.json)
    console.log(JSON.stringify({ arms: report, machine: machineOf(), model: assistant.folder.name }));
  else console.log(table(report, BREAKDOWNS[options.by as keyof typeof BREAKDOWNS]));
  requireLossless(report);
}
