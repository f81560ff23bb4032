import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { tokenKinds } from '../../../engine/policy/tokenKinds.ts';
import { UserError } from '../../../errors.ts';
import { clockArms } from '../../../learning/clockArms.ts';
import { type ClockResults, clockMarkdown } from '../../../learning/clockReport.ts';
import { EMPTY_REPORT } from '../../../learning/evaluateReport.ts';
import { readLogs } from '../../../learning/log.ts';
import { Workspaces } from '../../../learning/workspaces.ts';
import { runPrompt, type Sample } from '../../../measure/arms.ts';
import { requireLossless } from '../../../measure/lossless.ts';
import { machineOf } from '../../../measure/machine.ts';
import { readPrompts, spread } from '../../../measure/prompts.ts';
import { summarize } from '../../../measure/report.ts';
import { refreshSection } from '../../../measure/section.ts';
import { loadAssistant } from '../../../service/assistant.ts';
import {
  bundledModels,
  modelOption,
  number,
  policyFileOption,
  wholeNumber,
  workspacesOption,
} from '../../options.ts';

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
    .option('--out <dir>', 'folder for clock.json and the tables in README.md; prints them without it', '')
    .addOption(modelOption())
    .addOption(policyFileOption())
    .addOption(workspacesOption())
    .option('--threads <n>', 'threads of the target; 0 takes the physical cores', wholeNumber(0), 0)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const log = await readLogs(options.train);
  const prompts = spread(await readPrompts(file), options.limit);
  const assistant = await loadAssistant({ ...options, bundled: bundledModels(), pool: [] });
  for (const problem of assistant.problems) console.error(`slipstream: ${problem}`);
  const seen = new Set(log.records.map(({ group }) => group));
  const both = prompts.find(({ path: name }) => seen.has(name.split('/')[0]!));
  if (both) {
    throw new UserError(
      'logs-overlap',
      `Prompts from ${both.path.split('/')[0]} are in the training log too. Choose prompts of other packages.`,
    );
  }
  const kinds = tokenKinds(assistant.tokenizer.vocabulary);
  const { arms, bestFixed } = clockArms(assistant, log, kinds, options.alpha);
  const workspaces = await Workspaces.read(options.workspaces, assistant.tokenizer);
  const bar = new SingleBar({
    format: '{bar} {value} of {total} prompts, {eta_formatted} left',
    stream: process.stderr,
  });
  if (process.stderr.isTTY) bar.start(prompts.length, 0);
  const samples: Sample[] = [];
  for (const [turn, prompt] of prompts.entries()) {
    workspaces.fill(assistant.index, prompt);
    samples.push(...(await runPrompt(assistant, prompt, arms, { ...options, turn })));
    bar.update(turn + 1);
  }
  bar.stop();
  const report = summarize(samples);
  const results: ClockResults = {
    machine: machineOf(),
    model: assistant.folder.name,
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
  const report = existsSync(into('README.md')) ? await readFile(into('README.md'), 'utf8') : EMPTY_REPORT;
  await writeFile(into('README.md'), refreshSection(report, 'clock', clockMarkdown(results)));
  console.log(`The results are in ${folder}.`);
}

/** Five digits are more than the measurement has. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
