import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.ts';
import { readPolicyFile } from '../../src/inference/policyFile.ts';
import { type Log, readLogs } from '../../src/learning/log.ts';
import { worldOf } from '../../src/learning/world.ts';
import { drawPlots } from '../plots/plots.ts';
import { evaluate } from './evaluate.ts';
import { EMPTY_REPORT, refreshReport, resultsMarkdown } from './report.ts';

interface Options {
  test: string;
  prose?: string;
  policy: string[];
  drafts: string;
  times?: string;
  out: string;
  seeds: number;
  quick?: boolean;
  plots: boolean;
  json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('compare policies on recorded decoding: tables and plots; time is replayed, not measured')
    .argument('<logs...>', 'logs to train on, of `slipstream policy collect`')
    .requiredOption('--test <log>', 'the log to compare on, of other packages than those trained on')
    .option('--prose <log>', 'a log of prose in several natural languages, to compare how they are served')
    .option(
      '--times <log>',
      'a log to take the times of passes from, of an idle machine; those of --test without it',
    )
    .option('--policy <file...>', 'trained policies to compare beside', [])
    .option('--drafts <ids>', 'drafts to leave in, by commas; all without it', '')
    .option(
      '--out <dir>',
      'folder for results.json, plots, and the tables in results.md; prints them without it',
      '',
    )
    .option('--seeds <n>', 'runs of whatever is random', wholeNumber(1), 5)
    .option('--quick', 'leave out what trains many times: held-out contexts and the learning curve')
    .option('--no-plots', 'write no plots')
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(logs: string[], options: Options): Promise<void> {
  const [training, read] = [await readLogs(logs), await readLogs([options.test])];
  const test = options.times ? timedAs(read, await readLogs([options.times])) : read;
  const pool = options.drafts.split(',').filter((id) => id !== '');
  const policies = await Promise.all(
    options.policy.map(async (file) => ({ name: path.basename(file), weights: await readPolicyFile(file) })),
  );
  const spoken = options.prose ? await readLogs([options.prose]) : undefined;
  const prose = spoken && timedAs(spoken, test);
  const results = evaluate(worldOf(training, test, pool), {
    prose: prose && worldOf(training, prose, pool),
    seeds: options.seeds,
    policies,
    quick: options.quick === true,
    onStep: (step) => console.error(step),
  });
  if (options.json) console.log(JSON.stringify(results));
  if (options.out === '') {
    if (!options.json) console.log(resultsMarkdown(results));
    return;
  }
  await mkdir(options.out, { recursive: true });
  const into = (name: string) => path.join(options.out, name);
  await writeFile(into('results.json'), `${JSON.stringify(results, rounded, 2)}\n`);
  const report = existsSync(into('results.md')) ? await readFile(into('results.md'), 'utf8') : EMPTY_REPORT;
  await writeFile(into('results.md'), refreshReport(report, results));
  if (options.plots) {
    for (const { name, svg } of await drawPlots(results)) await writeFile(into(`${name}.svg`), svg);
  }
  if (!options.json) console.log(`The results are in ${options.out}.`);
}

/** Five digits are more than the measurement has. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

/** A log with the times of another. */
function timedAs({ header, records }: Log, { header: { costs, machine } }: Log): Log {
  return { header: { ...header, costs, machine }, records };
}
