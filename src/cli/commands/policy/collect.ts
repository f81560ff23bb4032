import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { tokenKinds } from '../../../engine/policy/tokenKinds.ts';
import { UserError } from '../../../errors.ts';
import { recordJob } from '../../../learning/collect.ts';
import { cutPrompts } from '../../../learning/cutPrompts.ts';
import { LOG_VERSION, type LogRecord, LogWriter } from '../../../learning/log.ts';
import { Workspaces } from '../../../learning/workspaces.ts';
import { machineOf } from '../../../measure/machine.ts';
import { type BenchPrompt, readPrompts, spread } from '../../../measure/prompts.ts';
import { type Assistant, loadAssistant, type MemoryMode, unknownDraft } from '../../../service/assistant.ts';
import { bundledModels, memoryOption, modelOption, wholeNumber, workspacesOption } from '../../options.ts';

interface Options {
  out: string;
  limit: number;
  maxTokens: number;
  model: string;
  memory: MemoryMode;
  workspaces: string[];
  threads: number;
  drafts: string;
  scripted?: boolean;
  keepTokens?: boolean;
}

export function collectCommand(): Command {
  return new Command('collect')
    .description('decode prompts and record what every draft would have guessed at every position')
    .argument('<source>', 'a file of prompts, or a folder of source files to cut prompts from')
    .requiredOption('--out <file>', 'the log to write (.gz); a run that was ended goes on where it was')
    .option('--limit <n>', 'most prompts', wholeNumber(1), 400)
    .option('--max-tokens <n>', 'most tokens of a completion', wholeNumber(1), 64)
    .option('--drafts <ids>', 'drafts to record, by commas; all without it', '')
    .option('--scripted', 'walk along the expected text of the prompts instead of what the target says')
    .option('--keep-tokens', 'store the tokens of the completions too; without it no text is stored')
    .addOption(modelOption())
    .addOption(memoryOption())
    .addOption(workspacesOption())
    .option('--threads <n>', 'threads of the target; 0 takes the physical cores', wholeNumber(0), 0)
    .action(run);
}

async function run(source: string, options: Options): Promise<void> {
  const folder = isFolder(source);
  const prompts = spread(await (folder ? cutPrompts(source) : readPrompts(source)), options.limit);
  const pool = options.drafts.split(',').filter((id) => id !== '');
  const assistant = await loadAssistant({ ...options, bundled: bundledModels(), pool });
  const known = assistant.facts.map(({ id }) => id);
  const strange = pool.find((id) => !known.includes(id));
  if (strange !== undefined) throw unknownDraft(strange, known);
  if (!assistant.selfTest.widthInvariant) {
    throw new UserError('not-invariant', `${assistant.notices.join(' ')} There is nothing to choose.`);
  }
  const workspaces = await Workspaces.read(folder ? [source] : options.workspaces, assistant.tokenizer);
  const kinds = tokenKinds(assistant.tokenizer.vocabulary);
  const log = await LogWriter.open(options.out, {
    format: 'slipstream-policy-log',
    version: LOG_VERSION,
    model: nameOf(assistant),
    arms: assistant.drafts.map(({ id, languages }) => ({ id, languages: [...languages] })),
    costs: assistant.costs,
    machine: machineOf(),
  });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const bar = new SingleBar({
    format: '{bar} {value} of {total} prompts, {eta_formatted} left',
    stream: process.stderr,
  });
  if (process.stderr.isTTY) bar.start(prompts.length, 0);
  for (const [i, prompt] of prompts.entries()) {
    let recorded: LogRecord | undefined;
    if (!log.done.has(prompt.id)) {
      workspaces.fill(assistant.index, prompt);
      recorded = await record(assistant, prompt, kinds, options, stop.signal);
    }
    if (stop.signal.aborted) {
      // The request that was at work is cut short: it is recorded again.
      bar.stop();
      await log.close();
      throw new UserError('stopped', 'Stopped. The same command goes on from here.');
    }
    if (recorded) await log.write(recorded);
    bar.update(i + 1);
  }
  bar.stop();
  await log.finish();
  console.log(`${prompts.length} requests are recorded in ${options.out}.`);
}

async function record(
  assistant: Assistant,
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
  return recordJob(assistant, job, kinds, { keepTokens: keepTokens === true, signal });
}

function isFolder(source: string): boolean {
  return existsSync(source) && statSync(source).isDirectory();
}

/** The target by name and content; the workspace memory is part of it. */
function nameOf({ folder, memory }: Assistant): string {
  const hash = createHash('sha256').update(readFileSync(folder.graph));
  if (memory) hash.update(JSON.stringify(memory));
  return `${folder.name} ${hash.digest('hex').slice(0, 12)}${memory ? ' with memory' : ''}`;
}
