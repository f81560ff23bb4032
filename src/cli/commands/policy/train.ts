// This folder: `slipstream policy`.

import { Command, Option } from 'commander';
import type { PolicyWeights } from '../../../engine/policy/trained.ts';
import { UserError } from '../../../errors.ts';
import {
  POLICY_FORMAT,
  POLICY_VERSION,
  type PolicyFile,
  readPolicyFile,
} from '../../../inference/policyFile.ts';
import { actionsOf, bestOfEach, measureActions } from '../../../learning/actions.ts';
import { type Log, type LogHeader, type LogRecord, readLogs } from '../../../learning/log.ts';
import { hasOwnOutputs, trainPaper } from '../../../learning/paper.ts';
import { timesOf } from '../../../learning/replay.ts';
import { subset } from '../../../learning/subset.ts';
import { epochsFor, trainPolicy } from '../../../learning/train.ts';
import { seededRandom } from '../../../measure/statistics.ts';

import { number, wholeNumber } from '../../options.ts';
import { requireWritable, writeResult } from '../../output.ts';

interface Options {
  out: string;
  prompts: number;
  epochs: number;
  method: 'round' | 'paper';
  alpha: number;
  drafts: string;
  seed: number;
  from: string;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('train a policy on recorded decoding')
    .argument('<logs...>', 'logs of `slipstream policy collect`')
    .requiredOption(
      '--out <file>',
      'the policy to write (.json); name it with --policy-file, or in the setting slipstream.policyFile',
    )
    .addOption(
      new Option(
        '--method <name>',
        'round: draft and length in every round; paper: one draft a request, by REINFORCE (Huang et al., 2024)',
      )
        .choices(['round', 'paper'])
        .default('round'),
    )
    .option(
      '--alpha <a>',
      'of the method of the paper: weight of the similarity of outputs; the rest is that of the cost',
      number(0, 1),
      0.5,
    )
    .option('--drafts <ids>', 'drafts to choose among, by commas; all that were recorded without it', '')
    .option(
      '--prompts <n>',
      'train on so many of the recorded requests',
      wholeNumber(1, 1_000_000_000),
      1_000_000,
    )
    .option('--epochs <n>', 'times that all samples are seen in each of two turns', wholeNumber(1, 1000), 8)
    .option('--from <file>', 'a policy to go on from, where few requests are recorded', '')
    .option('--seed <n>', 'of the first weights and the order', wholeNumber(0), 1)
    .action(run);
}

async function run(files: string[], options: Options): Promise<void> {
  // Before the minutes of training, not after them.
  await requireWritable(options.out);
  const start = options.from === '' ? undefined : await startOf(options.from, options.method);
  const { header, records } = narrowed(await readLogs(files), options.drafts);
  const random = seededRandom(options.seed);
  const chosen = subset(records, options.prompts, random);
  const about = {
    format: POLICY_FORMAT,
    version: POLICY_VERSION,
    trainedOn: { requests: chosen.length, model: header.model },
  } as const;
  const file: PolicyFile =
    options.method === 'paper'
      ? { ...about, method: 'request', ...paper(chosen, header, options.alpha, random) }
      : { ...about, method: 'round', ...byRound(chosen, header, { epochs: options.epochs, random, start }) };
  await writeResult(options.out, `${JSON.stringify(file)}\n`);
  console.log(`Trained on ${chosen.length} requests; the policy is in ${options.out}.`);
}

/** The network of a policy that is there. @throws UserError as readPolicyFile, and `policy-method`. */
async function startOf(file: string, method: string): Promise<PolicyWeights['network']> {
  const policy = await readPolicyFile(file);
  if (method === 'round' && policy.method === 'round') return policy.network;
  const message = `A policy goes on only with the method round, which ${file} or --method is not. Leave --from out.`;
  throw new UserError('policy-method', message);
}

function byRound(
  records: readonly LogRecord[],
  header: LogHeader,
  how: {
    readonly epochs: number;
    readonly random: () => number;
    readonly start: PolicyWeights['network'] | undefined;
  },
) {
  const { epochs, random, start } = how;
  const weights = trainPolicy(records, header, timesOf(header), {
    // A draft that costs time is asked from the second turn on: what comes of it is learnt in the third.
    turns: header.arms.some(({ id }) => header.costs.drafts[id]) ? 3 : 2,
    // What is there already is moved, not learnt again.
    epochs: start ? epochs : epochsFor(records.length, epochs),
    hidden: [32, 32],
    ...(start ? { start } : {}),
    random,
    onEpoch: (turn, epoch, loss) => {
      console.error(`turn ${turn + 1}, epoch ${epoch + 1}: ${loss.toFixed(4)} nats a guess`);
    },
  });
  return { ...weights, timed: weights.arms.filter((id) => header.costs.drafts[id]) };
}

/** The method of the paper does not choose a length: each draft works at the one that was best on the records. */
function paper(records: readonly LogRecord[], header: LogHeader, alpha: number, random: () => number) {
  const drafts = header.arms.map(({ id }) => id);
  if (!hasOwnOutputs(records, drafts)) {
    throw new UserError(
      'log-own',
      'The log does not tell what every draft writes alone, which the reward needs. Collect it again.',
    );
  }
  const times = timesOf(header);
  const actions = bestOfEach(measureActions(records, actionsOf(drafts, times), times));
  return trainPaper(records, header, times, actions, { alpha, random });
}

/** The log with some of its drafts. @throws UserError `draft-unknown`. */
function narrowed({ header, records }: Log, ids: string): Log {
  const wanted = ids.split(',').filter((id) => id !== '');
  if (wanted.length === 0) return { header, records };
  const known = header.arms.map(({ id }) => id);
  const strange = wanted.find((id) => !known.includes(id));
  if (strange !== undefined) {
    throw new UserError(
      'draft-unknown',
      `There is no draft ${strange} in the logs; they hold ${known.join(', ')}.`,
    );
  }
  return {
    header: { ...header, arms: header.arms.filter(({ id }) => wanted.includes(id)) },
    records: records.map((record) => ({
      ...record,
      arms: Object.fromEntries(Object.entries(record.arms).filter(([id]) => wanted.includes(id))),
    })),
  };
}
