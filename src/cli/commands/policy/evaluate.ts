import path from 'node:path';
import { Command } from 'commander';
import { readPolicyFile } from '../../../inference/policyFile.ts';
import { evaluate } from '../../../learning/evaluate.ts';
import { readLogs } from '../../../learning/log.ts';
import { scoresTable } from '../../../learning/scores.ts';
import { worldOf } from '../../../learning/world.ts';

interface Options {
  test: string;
  policy: string[];
  drafts: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('compare policies on recorded decoding; time is replayed, not measured')
    .argument('<logs...>', 'logs that the policies were trained on, of `slipstream policy collect`')
    .requiredOption('--test <log>', 'the log to compare on, of other packages than those trained on')
    .option('--policy <file...>', 'trained policies to compare', [])
    .option('--drafts <ids>', 'drafts to leave in, by commas; all without it', '')
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(logs: string[], options: Options): Promise<void> {
  const [training, test] = [await readLogs(logs), await readLogs([options.test])];
  const pool = options.drafts.split(',').filter((id) => id !== '');
  const policies = await Promise.all(
    options.policy.map(async (file) => ({ name: path.basename(file), weights: await readPolicyFile(file) })),
  );
  const scores = evaluate(worldOf(training, test, pool), policies);
  console.log(options.json ? JSON.stringify({ scores }) : scoresTable(scores));
}
