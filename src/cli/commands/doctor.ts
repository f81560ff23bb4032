import os from 'node:os';
import { Command } from 'commander';
import { failureOf } from '../../errors.ts';
import type { MemoryMode } from '../../inference/learntWeights.ts';
import { usableThreads } from '../../inference/threads.ts';
import { measureMachine } from '../../runtime/measureMachine.ts';
import type { ProviderWish } from '../../runtime/providers.ts';
import { freshCosts } from '../cache.ts';
import { isWord } from '../doctor/installation.ts';
import { basicRows, loadedRows, printRows } from '../doctor/print.ts';
import { type Basics, basicsOf, type Loaded, libraryTrouble, loadedOf } from '../doctor/report.ts';
import { loadForCommand } from '../load.ts';
import { memoryOption, modelOption, providerOption, threadsOption } from '../options.ts';

interface Options {
  model: string;
  threads: number;
  provider: ProviderWish;
  memory: MemoryMode;
  json?: boolean;
}

/** Enough for every width behind every context, on slow machines too. */
const MEASURING_MILLIS = 20_000;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is there, whether it works, what it costs on this machine and what would help')
    .addOption(modelOption())
    .addOption(threadsOption())
    .addOption(providerOption())
    .addOption(memoryOption())
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const basics = await basicsOf(os.loadavg()[0] ?? 0, options.model);
  // At once: loading a model that is damaged, or too large, may end the process.
  if (!options.json) printRows(basicRows(basics));
  const { failure, ...report } = await reportOf(options, basics);
  if (options.json) console.log(JSON.stringify({ ...basics, failure, ...report.loaded }));
  else if (report.loaded) printRows(loadedRows(report.loaded));
  else if (failure && !isKnown(failure, basics, options.model)) {
    printRows([['broken', failure]]);
  }
  const complete = basics.installation.every(({ problems }) => problems.length === 0);
  if (!complete || !report.loaded?.selfTest.passed) process.exitCode = 1;
}

/** Whether a failure to load follows from what was said of the installation. */
function isKnown(failure: string, { installation }: Basics, model: string): boolean {
  const needed = isWord(model) ? 'models/target' : 'model';
  return installation.some(
    ({ name, problems }) => problems.includes(failure) || (name === needed && problems.length > 0),
  );
}

/** What loading the models shows, or why they cannot be loaded. */
async function reportOf(options: Options, basics: Basics): Promise<{ loaded?: Loaded; failure?: string }> {
  const trouble = libraryTrouble(basics);
  if (trouble !== undefined) return { failure: trouble };
  try {
    const pipeline = await loadForCommand(
      { ...options, costCache: await freshCosts(), measuringMillis: MEASURING_MILLIS },
      () => undefined,
    );
    const memory = process.memoryUsage();
    const speed = await measureMachine(usableThreads(options.threads));
    return { loaded: loadedOf(pipeline, options.threads, basics, { memory, speed }) };
  } catch (error) {
    return { failure: failureOf(error).message };
  }
}
