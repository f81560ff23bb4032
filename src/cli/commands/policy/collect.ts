import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { tokenKinds } from '../../../engine/policy/tokenKinds.ts';
import { UserError } from '../../../errors.ts';
import type { MemoryMode } from '../../../inference/learntWeights.ts';
import type { Pipeline } from '../../../inference/pipeline.ts';
import { recordJob } from '../../../learning/collect.ts';
import { cutPrompts } from '../../../learning/cutPrompts.ts';
import { LOG_VERSION, type LogRecord } from '../../../learning/log.ts';
import { LogWriter } from '../../../learning/logWriter.ts';
import { Workspaces } from '../../../learning/workspaces.ts';
import { machineOf } from '../../../measure/machine.ts';
import { type BenchPrompt, readPrompts, spread } from '../../../measure/prompts.ts';
import { loadForCommand } from '../../load.ts';
import {
  draftsOption,
  maxTokensOption,
  memoryOption,
  modelOption,
  threadsOption,
  wholeNumber,
  workspacesOption,
} from '../../options.ts';
import { requireWritable } from '../../output.ts';
import { progressOf } from '../../progress.ts';

interface Options {
  out: string;
  limit: number;
  maxTokens: number;
  model: string;
  memory: MemoryMode;
  workspaces: string[];
  threads: number;
  drafts: string[];
  scripted?: boolean;
  keepTokens?: boolean;
}

export function collectCommand(): Command {
  return new Command('collect')
    .description('decode prompts and record what every draft would have guessed at every position')
    .argument('<source>', 'a file of prompts, or a folder of source files to cut prompts from')
    .requiredOption('--out <file>', 'the log to write (.gz); a run that was ended goes on where it was')
    .option('--limit <n>', 'most prompts', wholeNumber(1, 1_000_000), 400)
    .addOption(maxTokensOption())
    .option('--scripted', 'walk along the expected text of the prompts instead of what the target says')
    .option('--keep-tokens', 'store the tokens of the completions too; without it no text is stored')
    .addOption(modelOption())
    .addOption(draftsOption())
    .addOption(memoryOption())
    .addOption(workspacesOption())
    .addOption(threadsOption())
    .action(run);
}

async function run(source: string, options: Options): Promise<void> {
  await requireWritable(options.out);
  const folder = isFolder(source);
  const prompts = spread(await (folder ? cutPrompts(source) : readPrompts(source)), options.limit);
  const pipeline = await loadForCommand({ ...options, pool: options.drafts });
  if (!pipeline.selfTest.widthInvariant) {
    throw new UserError('not-invariant', `${pipeline.loaded.notices.join(' ')} There is nothing to choose.`);
  }
  const workspaces = await Workspaces.read(folder ? [source] : options.workspaces, pipeline.tokenizer);
  const kinds = tokenKinds(pipeline.tokenizer.vocabulary);
  const log = await LogWriter.open(options.out, {
    format: 'slipstream-policy-log',
    version: LOG_VERSION,
    model: nameOf(pipeline),
    arms: pipeline.drafts.map(({ id, languages }) => ({ id, languages: [...languages] })),
    costs: pipeline.costs,
    machine: machineOf(),
  });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const bar = progressOf(prompts.length, 'prompts');
  for (const prompt of prompts) {
    let recorded: LogRecord | undefined;
    if (!log.done.has(prompt.id)) {
      workspaces.fill(pipeline.index, prompt);
      recorded = await record(pipeline, prompt, kinds, options, stop.signal);
    }
    if (stop.signal.aborted) {
      // The request that was at work is cut short: it is recorded again.
      bar.stop();
      await log.close();
      throw new UserError('stopped', 'Stopped. The same command goes on from here.');
    }
    if (recorded) await log.write(recorded);
    bar.step();
  }
  bar.stop();
  await log.finish();
  console.log(`${prompts.length} requests are recorded in ${options.out}.`);
}

async function record(
  pipeline: Pipeline,
  prompt: BenchPrompt,
  kinds: Uint8Array,
  { maxTokens, scripted, keepTokens }: Options,
  signal: AbortSignal,
) {
  const job = {
    ...prompt,
    group: prompt.path.split('/')[0]!,
    class: prompt.class ?? 'line',
    singleLine: false,
    maxTokens,
    script: scripted ? prompt.expected : undefined,
  };
  return recordJob(pipeline, job, kinds, { keepTokens: keepTokens === true, signal });
}

function isFolder(source: string): boolean {
  return existsSync(source) && statSync(source).isDirectory();
}

/** The target by name and content; the workspace memory is part of it. */
function nameOf({ folder, memory }: Pipeline): string {
  const hash = createHash('sha256');
  for (const place of folder.graphPlaces) hash.update(readFileSync(place));
  if (memory) hash.update(JSON.stringify(memory));
  return `${folder.name} ${hash.digest('hex').slice(0, 12)}${memory ? ' with memory' : ''}`;
}
