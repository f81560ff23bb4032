import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { refreshSection } from '../../scripts/section.ts';
import {
  modelOption,
  number,
  policyFileOption,
  wholeNumber,
  workspacesOption,
} from '../../src/cli/options.ts';
import { progressOf } from '../../src/cli/progress.ts';
import { tokenKinds } from '../../src/engine/policy/tokenKinds.ts';
import { UserError } from '../../src/errors.ts';
import { loadPipeline } from '../../src/inference/pipeline.ts';
import { readLogs } from '../../src/learning/log.ts';
import { Workspaces } from '../../src/learning/workspaces.ts';
import { type ArmSample, runPrompt } from '../../src/measure/arms.ts';
import { requireLossless } from '../../src/measure/lossless.ts';
import { machineOf } from '../../src/measure/machine.ts';
import { readPrompts, spread } from '../../src/measure/prompts.ts';
import { summarize } from '../../src/measure/report.ts';
import { clockArms } from './arms.ts';
import { type ClockResults, clockMarkdown } from './report.ts';

const bundled = path.join(import.meta.dirname, '..', '..', 'models');

/** What stands in a report that is made for the first time. */
const HEAD = '# Policies compared, on the clock\n';

interface Options {
  train: string[];
  limit: number;
  repeat: number;
  maxTokens: number;
  alpha: number;
  out: string;
  model: string;
  policyFile: string;
  workspaces: string[];
  threads: number;
}

export function clockCommand(): Command {
  return new Command('clock')
    .description('compare policies on the clock: decode held-out prompts with each of them, in turns')
    .argument('<prompts>', 'a file of prompts, of other packages than those trained on')
    .requiredOption(
      '--train <logs...>',
      'logs of `slipstream policy collect`, for the policies that need them',
    )
    .option('--limit <n>', 'most prompts', wholeNumber(1), 100)
    .option(
      '--repeat <n>',
      'counted runs of each policy on each prompt; the median counts',
      wholeNumber(1),
      1,
    )
    .option('--max-tokens <n>', 'most tokens of a completion', wholeNumber(1), 64)
    .option('--alpha <a>', 'weight of the similarity in the method of the paper', number(0, 1), 0.5)
    .option('--out <dir>', 'folder for clock.json and the tables in clock.md; prints them without it', '')
    .addOption(modelOption())
    .addOption(policyFileOption())
    .addOption(workspacesOption())
    .option('--threads <n>', 'threads of the target; 0 takes the physical cores', wholeNumber(0), 0)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const log = await readLogs(options.train);
  const prompts = spread(await readPrompts(file), options.limit);
  const pipeline = await loadPipeline({ ...options, bundled, pool: [], strict: true });
  for (const problem of pipeline.loaded.problems) console.error(`slipstream: ${problem}`);
  const seen = new Set(log.records.map(({ group }) => group));
  const both = prompts.find(({ path: name }) => seen.has(name.split('/')[0]!));
  if (both) {
    throw new UserError(
      'logs-overlap',
      `Prompts from ${both.path.split('/')[0]} are in the training log too. Choose prompts of other packages.`,
    );
  }
  const kinds = tokenKinds(pipeline.tokenizer.vocabulary);
  const { arms, bestFixed } = clockArms(pipeline, log, kinds, options.alpha);
  const workspaces = await Workspaces.read(options.workspaces, pipeline.tokenizer);
  const bar = progressOf(prompts.length, 'prompts');
  const samples: ArmSample[] = [];
  for (const [turn, prompt] of prompts.entries()) {
    workspaces.fill(pipeline.index, prompt);
    samples.push(...(await runPrompt(pipeline, prompt, arms, { ...options, turn })));
    bar.step();
  }
  bar.stop();
  const report = summarize(samples);
  const results: ClockResults = {
    machine: machineOf(),
    model: pipeline.folder.name,
    prompts: prompts.length,
    trainedOn: log.records.length,
    bestFixed,
    arms: report,
  };
  if (options.out === '') console.log(clockMarkdown(results));
  else await save(options.out, results);
  requireLossless(report);
}

async function save(folder: string, results: ClockResults): Promise<void> {
  await mkdir(folder, { recursive: true });
  const into = (name: string) => path.join(folder, name);
  await writeFile(into('clock.json'), `${JSON.stringify(results, rounded, 1)}\n`);
  const report = existsSync(into('clock.md')) ? await readFile(into('clock.md'), 'utf8') : HEAD;
  await writeFile(into('clock.md'), refreshSection(report, 'clock', clockMarkdown(results)));
  console.log(`The results are in ${folder}.`);
}

/** Five digits are more than the measurement has. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
