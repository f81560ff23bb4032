import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../../errors.ts';
import { readLogs } from '../../../learning/log.ts';
import { timesOf } from '../../../learning/replay.ts';
import { trainPolicy } from '../../../learning/train.ts';
import { seededRandom } from '../../../measure/statistics.ts';
import { shuffle } from '../../../selection/shuffle.ts';
import { POLICY_FORMAT, POLICY_VERSION, type PolicyFile } from '../../../service/policyFile.ts';
import { wholeNumber } from '../../options.ts';

interface Options {
  out: string;
  prompts: number;
  epochs: number;
  seed: number;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('train a policy on recorded decoding')
    .argument('<logs...>', 'logs of `slipstream policy collect`')
    .requiredOption(
      '--out <file>',
      'the policy to write (.json); name it with --policy-file, or in the setting slipstream.policyFile',
    )
    .option('--prompts <n>', 'train on so many of the recorded requests', wholeNumber(1), 1_000_000)
    .option('--epochs <n>', 'times that all samples are seen in each of two turns', wholeNumber(1), 8)
    .option('--seed <n>', 'of the first weights and the order', wholeNumber(0), 1)
    .action(run);
}

async function run(files: string[], options: Options): Promise<void> {
  // Before the minutes of training, not after them.
  if (!existsSync(path.dirname(path.resolve(options.out)))) {
    throw new UserError(
      'policy-unwritable',
      `${options.out} cannot be written: its folder is not there. Name another file.`,
    );
  }
  const { header, records } = await readLogs(files);
  const random = seededRandom(options.seed);
  const order = [...records];
  shuffle(order, random);
  const chosen = order.slice(0, options.prompts);
  const weights = trainPolicy(chosen, header, timesOf(header), {
    turns: 2,
    epochs: options.epochs,
    hidden: [32, 32],
    random,
    onEpoch: (turn, epoch, loss) => {
      console.error(`turn ${turn + 1}, epoch ${epoch + 1}: ${loss.toFixed(4)} nats a guess`);
    },
  });
  const file: PolicyFile = {
    format: POLICY_FORMAT,
    version: POLICY_VERSION,
    trainedOn: { requests: chosen.length, model: header.model },
    ...weights,
  };
  await writeFile(options.out, `${JSON.stringify(file)}\n`);
  console.log(`Trained on ${chosen.length} requests; the policy is in ${options.out}.`);
}
